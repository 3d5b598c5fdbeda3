from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import fitted_models
import numpy as np
import pytest
import skops
from sklearn.base import BaseEstimator
from sklearn.cluster import Birch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from jeyn.errors import SerializerError
from jeyn.serializers.skops_ import SkopsSerializer

SKOPS = SkopsSerializer()
MODELS = {name: model for name, model in fitted_models.models().items() if isinstance(model, BaseEstimator)}
EVERYTHING = ["sklearn.*", "scipy.*", "builtins.*", "numpy.*"]


def dump_and_load(model: Any, folder: Path, trusted: list[str]) -> Any:
    SKOPS.dump(model, folder / SKOPS.suffix)
    return SKOPS.load(folder / SKOPS.suffix, trusted)


def schema_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        schema: dict[str, Any] = json.loads(archive.read("schema.json"))
    return schema


@pytest.mark.parametrize("name", ["linear", "forest", "voting", "boosting", "search", "columns"])
def test_a_loaded_model_predicts_the_same(tmp_path: Path, name: str) -> None:
    model: Any = MODELS[name]
    rows = fitted_models.MIXED if name == "columns" else fitted_models.ROWS
    loaded = dump_and_load(model, tmp_path, EVERYTHING)
    assert (loaded.predict(rows) == model.predict(rows)).all()


@pytest.mark.parametrize("name", MODELS)
def test_dumping_a_loaded_model_gives_the_same_file(tmp_path: Path, name: str) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    once = SKOPS.dump(MODELS[name], first)
    again = SKOPS.dump(SKOPS.load(first, EVERYTHING), second)
    assert once.canonical == again.canonical
    assert first.read_bytes() == second.read_bytes()


def test_the_metadata_lists_what_loading_needs(tmp_path: Path) -> None:
    metadata = SKOPS.dump(MODELS["search"], tmp_path / "m").metadata
    assert json.loads(json.dumps(metadata)) == metadata
    assert "sklearn.linear_model._logistic.LogisticRegression" in metadata["types"]
    assert "sklearn.model_selection._split.StratifiedKFold" in metadata["untrusted"]
    assert metadata["versions"]["skops"] == skops.__version__
    SKOPS.load(tmp_path / "m", metadata["untrusted"])


def test_versions_are_in_the_file_but_not_in_the_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = SKOPS.dump(MODELS["linear"], tmp_path / "before")
    monkeypatch.setattr("skops.__version__", "99.0")
    monkeypatch.setattr("sklearn.base.__version__", "99.0")
    after = SKOPS.dump(MODELS["linear"], tmp_path / "after")
    assert before.canonical == after.canonical
    assert b"99.0" in (tmp_path / "after").read_bytes()
    assert b"99.0" not in (tmp_path / "before").read_bytes()


def test_any_change_of_the_model_changes_the_digest(tmp_path: Path) -> None:
    def digest(**parameters: Any) -> str:
        model = LogisticRegression(**parameters).fit(fitted_models.ROWS, fitted_models.CLASSES)
        return SKOPS.dump(model, tmp_path / "m").canonical

    digests = [digest(), digest(C=2), digest(max_iter=101), digest(class_weight={0: 1, 1: 2})]
    assert len({*digests, digest(class_weight={1: 2, 0: 1})}) == 5
    assert digests[0] == digest()


def test_what_is_shared_stays_shared(tmp_path: Path) -> None:
    shared, equal = np.arange(5.0), np.arange(5.0)
    model = FunctionTransformer(kw_args={"one": shared, "two": shared, "three": equal})
    loaded = dump_and_load(model, tmp_path, []).kw_args
    assert loaded["one"] is loaded["two"]
    assert loaded["one"] is not loaded["three"]
    apart = FunctionTransformer(kw_args={"one": shared, "two": shared.copy(), "three": equal})
    digests = {SKOPS.dump(each, tmp_path / "m").canonical for each in (model, apart)}
    assert len(digests) == 2


def test_equal_arrays_are_stored_once(tmp_path: Path) -> None:
    SKOPS.dump(FunctionTransformer(kw_args={str(index): np.zeros(1000) for index in range(50)}), tmp_path / "m")
    assert (tmp_path / "m").stat().st_size < 50_000


def test_equal_text_is_no_shared_object(tmp_path: Path) -> None:
    text = "north-west"
    one = FunctionTransformer(kw_args={"a": text, "b": text, "c": (text, 1), "d": b"xy"})
    other = FunctionTransformer(
        kw_args={"a": text, "b": "".join(text), "c": ("-".join(["north", "west"]), 1), "d": b"xy"}
    )
    assert SKOPS.dump(one, tmp_path / "m").canonical == SKOPS.dump(other, tmp_path / "m").canonical


def test_memory_of_the_process_does_not_end_in_the_file(tmp_path: Path) -> None:
    """Nodes of a tree that was loaded have what lay in the memory between their fields."""
    padded = np.dtype({"names": ["n", "flags"], "formats": ["<i8", ("u1", (2,))], "offsets": [0, 8], "itemsize": 16})
    secret, zeros = (np.frombuffer(byte * 64, padded) for byte in (b"s", b"\0"))
    zeros = zeros.copy()
    for field in ("n", "flags"):
        zeros[field] = secret[field]
    digests = [
        SKOPS.dump(FunctionTransformer(kw_args={"nodes": nodes}), tmp_path / "m").canonical for nodes in (zeros, secret)
    ]
    assert digests[0] == digests[1]
    with zipfile.ZipFile(tmp_path / "m") as archive:
        stored = next(archive.read(name) for name in archive.namelist() if name.endswith(".npy"))
    assert stored[-64:] == (b"s" * 10 + bytes(6)) * 4


def test_the_zips_have_no_times_no_order_and_no_compression(tmp_path: Path) -> None:
    SKOPS.dump(MODELS["sparse"], tmp_path / "m")
    with zipfile.ZipFile(tmp_path / "m") as archive:
        matrix = next(name for name in archive.namelist() if name.endswith(".npz"))
        inner = zipfile.ZipFile(io.BytesIO(archive.read(matrix)))
    for each in (archive, inner):
        members = each.infolist()
        assert {(member.date_time, member.compress_type) for member in members} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert each.namelist() == sorted(each.namelist())
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ({False: 1.0, True: 2.0}, "booleans"),
        ({None: 1.0}, "None"),
        ({np.bool_(True): 1.0}, "booleans"),
        ({1: "a", "1": "b"}, "two keys"),
        ({(1, 2): 3}, "keys must be"),
        ({"made": (item for item in ())}, "skops cannot write"),
    ],
)
def test_what_would_not_come_back_is_refused(tmp_path: Path, held: dict[Any, Any], why: str) -> None:
    with pytest.raises(SerializerError, match=why):
        SKOPS.dump(FunctionTransformer(kw_args={"held": held}), tmp_path / "m")


def test_a_model_that_holds_itself_is_refused(tmp_path: Path) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(SerializerError, match="recursion"):
        SKOPS.dump(FunctionTransformer(kw_args={"endless": endless}), tmp_path / "m")


def test_an_estimator_that_skops_does_not_know_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SerializerError, match="serializer: pickle"):
        SKOPS.dump(Birch(), tmp_path / "m")


def test_integer_keys_and_keys_like_those_of_a_node_come_back(tmp_path: Path) -> None:
    held = {0: 1.5, 1: 2.5, 2.5: "x"}
    odd = {"__loader__": "ListNode", "__id__": 3, "file": "x.npy", "content": [held]}
    assert dump_and_load(FunctionTransformer(kw_args=odd), tmp_path, []).kw_args == odd


@pytest.mark.parametrize("trusted", [["json.dumps"], ["json.*"]])
def test_a_function_loads_when_it_is_trusted(tmp_path: Path, trusted: list[str]) -> None:
    assert dump_and_load(FunctionTransformer(json.dumps), tmp_path, trusted).func is json.dumps


@pytest.mark.parametrize("trusted", [[], ["json"], ["json.dump"], ["jso.*"], ["*"], ["json*"], ["json.dumps.*"]])
def test_a_function_does_not_load_otherwise(tmp_path: Path, trusted: list[str]) -> None:
    with pytest.raises(SerializerError, match=r"json\.dumps(?s:.)*trusted:"):
        dump_and_load(FunctionTransformer(json.dumps), tmp_path, trusted)


def hostile_schemas(witness: Path) -> dict[str, dict[str, Any]]:
    text = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode"}
    command = text | {"content": json.dumps(f"touch {witness}")}
    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": [command]}
    system = {"__class__": "system", "__module__": "os"}
    function = system | {"__loader__": "FunctionNode"}
    nothing = {"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": {}}
    nothing["key_types"] = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": []}
    partial = {"func": function, "args": arguments, "kwds": nothing, "namespace": nothing}
    return {
        "a constructor": system | {"__loader__": "ConstructorFromReduceNode", "content": arguments},
        "a list type": system | {"__loader__": "ListNode", "content": [command]},
        "a function": function,
        "a partial": {
            "__class__": "partial",
            "__module__": "functools",
            "__loader__": "PartialNode",
            "content": partial,
        },
    }


@pytest.mark.parametrize("kind", hostile_schemas(Path()))
@pytest.mark.parametrize("trusted", [[], ["sklearn.*", "builtins.*", "functools.*"]])
def test_a_hostile_file_is_refused_and_runs_nothing(tmp_path: Path, kind: str, trusted: list[str]) -> None:
    witness = tmp_path / "witness"
    schema = hostile_schemas(witness)[kind] | {"protocol": 2, "_skops_version": "0.16.0"}
    with zipfile.ZipFile(tmp_path / "m", "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    with pytest.raises(SerializerError, match=r"os\.system"):
        SKOPS.load(tmp_path / "m", trusted)
    assert not witness.exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_file_of_another_format_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(SerializerError, match="not a checkpoint of skops/1"):
        SKOPS.load(tmp_path / "m", [])


def test_a_type_that_is_not_installed_is_named(tmp_path: Path) -> None:
    schema = {"__class__": "Model", "__module__": "gone_away", "__loader__": "ObjectNode", "protocol": 2}
    with zipfile.ZipFile(tmp_path / "m", "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    with pytest.raises(SerializerError, match="gone_away"):
        SKOPS.load(tmp_path / "m", ["gone_away.Model"])
