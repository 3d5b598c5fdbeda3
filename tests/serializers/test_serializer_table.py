from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import fitted_models
import numpy as np
import pytest

from jeyn.errors import AskError, SerializerError
from jeyn.serializers.base import name_of
from jeyn.serializers.extras import optional
from jeyn.serializers.table import SERIALIZERS, choose, find


class Custom:
    """A model of no known kind."""


class Payload:
    """Its pickle creates a file when it is loaded."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.witness,)


def test_the_persisted_ids() -> None:
    assert [serializer.id for serializer in SERIALIZERS] == ["skops/1", "safetensors/1", "json/1", "pickle/1"]
    assert len({serializer.suffix for serializer in SERIALIZERS}) == len(SERIALIZERS)


@pytest.mark.parametrize(
    ("name", "model", "knows"),
    [
        ("", fitted_models.LogisticRegression(), False),
        ("", {"weights": np.arange(3_000_000.0)}, True),
        ("", {"limits": [1, 2]}, True),
        ("pickle", Custom(), True),
    ],
    ids=["skops", "safetensors", "json", "pickle"],
)
def test_the_digest_of_a_file_is_known_from_writing_it(name: str, model: object, knows: bool, tmp_path: Path) -> None:
    dump = choose(model, name).dump(model, tmp_path / "model")
    written = hashlib.sha256((tmp_path / "model").read_bytes()).hexdigest()
    assert dump.file == (f"sha256:{written}" if knows else "")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (fitted_models.LogisticRegression(), "skops"),
        (np.ones(2), "safetensors"),
        ({"w": np.ones(2)}, "safetensors"),
        ({"threshold": 0.5}, "json"),
        ({}, "json"),
        (None, "json"),
    ],
)
def test_the_model_decides(model: Any, name: str) -> None:
    assert name_of(choose(model)) == name


@pytest.mark.parametrize("model", [Custom(), {1, 2}, lambda: 1, {"w": np.ones(2), "step": 3}])
def test_pickle_is_never_chosen_by_itself(model: Any) -> None:
    with pytest.raises(SerializerError) as refusal:
        choose(model)
    assert type(model).__name__ in refusal.value.message
    assert "skops, safetensors, json" in refusal.value.message
    assert "serializer: pickle" in refusal.value.fix


@pytest.mark.parametrize("wanted", ["pickle", "pickle/1", "skops", "json/1"])
def test_the_use_case_decides(wanted: str) -> None:
    assert wanted in (name_of(choose(Custom(), wanted)), choose(Custom(), wanted).id)


@pytest.mark.parametrize(
    ("wanted", "fix"), [("pickel", "'pickle'"), ("skops/2", "'skops/1'"), ("zzz", "use one of skops")]
)
def test_an_unknown_name_is_answered_with_the_nearest(wanted: str, fix: str) -> None:
    with pytest.raises(SerializerError) as refusal:
        choose(Custom(), wanted)
    assert fix in refusal.value.fix


def test_a_pickle_is_not_loaded_without_the_opt_in(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    choose(Payload(witness), "pickle").dump(Payload(witness), tmp_path / "m")
    for allowed in ("", "skops", "json/1", "pickle/2"):
        with pytest.raises(SerializerError, match="serializer: pickle"):
            find("pickle/1", allowed).load(tmp_path / "m", ["pathlib.*"])
    for safe in ("skops/1", "safetensors/1", "json/1"):
        with pytest.raises(SerializerError):
            find(safe, "pickle").load(tmp_path / "m", ["pathlib.*"])
    assert not witness.exists()
    find("pickle/1", "pickle").load(tmp_path / "m", [])
    assert witness.exists(), "the payload would have run"


def test_a_pickle_comes_back(tmp_path: Path) -> None:
    serializer = choose({1, 2}, "pickle")
    assert serializer.dump({1, 2}, tmp_path / "m") == serializer.dump({2, 1}, tmp_path / "m")
    assert find(serializer.id, "pickle/1").load(tmp_path / "m", []) == {1, 2}


@pytest.mark.parametrize("model", [lambda: 1, (item for item in ())])
def test_what_cannot_be_pickled_is_refused(tmp_path: Path, model: Any) -> None:
    with pytest.raises(SerializerError, match="cannot be pickled"):
        choose(model, "pickle").dump(model, tmp_path / "m")


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"cgone_away\nModel\n."])
def test_a_broken_pickle_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(SerializerError, match="cannot be loaded"):
        find("pickle/1", "pickle").load(tmp_path / "m", [])


def test_a_checkpoint_of_a_later_version_is_refused() -> None:
    with pytest.raises(SerializerError, match=r"'skops/2'(?s:.)*newer"):
        find("skops/2")


def test_a_library_that_is_absent_names_its_extra() -> None:
    with pytest.raises(AskError, match=r"pip install 'jeyn\[torch\]'"):
        optional("there_is_no_such_library", "torch")


def test_no_framework_is_imported_to_choose() -> None:
    program = (
        "import sys; from jeyn.serializers.table import choose; import jeyn.serializers.content; choose({'a': 1});"
        "print({'sklearn', 'skops', 'torch', 'safetensors', 'pandas', 'polars', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root())
    assert done.stdout.strip() == "set()"


def root() -> Path:
    return Path(__file__).parents[2]
