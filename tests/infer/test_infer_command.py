"""`jeyn infer`: files that differ, text of any kind, where it writes, and a run on what it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jeyn.cli.main import main
from jeyn.conformance.versions import in_version
from jeyn.model.names import Version
from jeyn_gen.infer.document import inferred
from jeyn_gen.infer.joined import joined
from jeyn_gen.infer.source import DataFile, arrow_source
from jeyn_gen.infer.stored import stored
from jeyn_gen.infer.survey import surveyed
from jeyn_gen.load.documents import read_document
from jeyn_gen.load.nodes import resolved


def write(root: Path, name: str, table: pa.Table) -> pa.Table:
    pq.write_table(table, root / name)
    return table


def test_several_files_give_one_catalog_that_holds_all(root: Path, infer: Any) -> None:
    one = write(
        root,
        "a.parquet",
        pa.table({"n": pa.array([1, 2], pa.int8()), "x": [1, 2], "s": [{"a": 1}] * 2, "v": [[1, 2]] * 2}),
    )
    two = write(
        root,
        "b.parquet",
        pa.table(
            {"n": pa.array([500], pa.int16()), "x": [0.5], "s": [{"a": 2, "b": "x"}], "v": [[1, 2, 3]], "new": [True]}
        ),
    )
    found = infer("a.parquet", "b.parquet")
    assert found.types() == {
        "n": "int16", "x": "float64", "s": "struct(a: int64, b: string)", "v": "int64[*]", "new": "bool?",
    }  # fmt: skip
    assert found["s"].children[1].constraints.nullable
    assert found.notes("new") == ["1 value, 2 null, 1 different", "not in a.parquet"]
    assert found.text.startswith("# Inferred from 3 rows: a.parquet, b.parquet.\n")
    for table in (one, two):
        assert found.accepts(in_version(part, found.catalog) for part in table.to_batches()) == len(table)


def test_files_of_several_formats(root: Path, infer: Any, put: Any) -> None:
    write(root, "a.parquet", pa.table({"n": [1], "t": ["x"]}))
    put({"b.csv": "n,t\n2,x\n", "c.jsonl": '{"n": 3}\n'})
    found = infer("a.parquet", "b.csv", "c.jsonl")
    assert found.types() == {"n": "int64", "t": "string?"}
    assert found.notes("t") == ["2 values, 1 null, 1 character, 1 different", 'could be: enum: ["x"]', "not in c.jsonl"]


DIFFERENT: dict[str, tuple[pa.DataType, pa.DataType]] = {
    "text and numbers": (pa.string(), pa.int64()),
    "booleans and numbers": (pa.bool_(), pa.int8()),
    "wall-clock and moments": (pa.timestamp("us"), pa.timestamp("us", "UTC")),
    "dates and times": (pa.date32(), pa.timestamp("us")),
    "the widest integers": (pa.uint64(), pa.int8()),
    "integers and narrow floats": (pa.int8(), pa.float32()),
    "lists and single values": (pa.list_(pa.int8()), pa.int8()),
    "lists of different values": (pa.list_(pa.int8()), pa.list_(pa.string())),
    "structs of different fields": (pa.struct([("a", pa.int8())]), pa.struct([("a", pa.string())])),
    "decimals of too many digits": (pa.decimal256(76, 0), pa.decimal128(2, 2)),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_types_that_contradict_each_other_name_both_files(name: str, root: Path, refused: Any) -> None:
    for file, kind in zip(("a.parquet", "b.parquet"), DIFFERENT[name], strict=True):
        write(root, file, pa.table({"x": pa.nulls(1, kind), "fine": [1]}))
    said = refused("a.parquet", "b.parquet")
    one, two = map(stored, DIFFERENT[name])
    assert f"b.parquet: column `x`: it is {two} here, but {one} in a.parquet" in said
    assert said.count("column") == 1


JOINED = [
    (pa.int8(), pa.uint8(), "int16"),
    (pa.uint32(), pa.int8(), "int64"),
    (pa.uint8(), pa.uint16(), "uint16"),
    (pa.float16(), pa.float64(), "float64"),
    (pa.null(), pa.list_(pa.null()), "list(nothing but null)"),
    (pa.list_(pa.null()), pa.list_(pa.date32(), 3), "list(date)"),
    (pa.decimal128(5, 2), pa.decimal128(6, 4), "decimal(7, 4)"),
    (pa.timestamp("ns", "Europe/Berlin"), pa.timestamp("s", "Asia/Tokyo"), "timestamp[UTC]"),
    (pa.fixed_shape_tensor(pa.int8(), [2, 3]), pa.fixed_shape_tensor(pa.int16(), [2, 4]), "int16[2, *]"),
]


@pytest.mark.parametrize(("one", "two", "both"), JOINED)
def test_types_that_join(one: pa.DataType, two: pa.DataType, both: str) -> None:
    assert str(joined(stored(one), stored(two))) == both == str(joined(stored(two), stored(one)))


def test_integers_that_no_float_holds_are_told_with_their_value(root: Path, refused: Any) -> None:
    write(root, "a.parquet", pa.table({"x": [0.5]}))
    write(root, "b.parquet", pa.table({"x": [2**53 + 1]}))
    assert "b.parquet: column `x`: float64 cannot hold 9007199254740993" in refused("a.parquet", "b.parquet")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
HOSTILE = [
    "\n- a",
    "# x",
    '"',
    "\\",
    "'",
    "{",
    "}: [",
    "\u2028x",
    "a\x85b",
    "\x00",
    "null",
    "~",
    "1e3",
    "yes",
    "<<",
    "a: b",
    "? x",
    "\ufeff",
    "é" * 2000,
]


def is_name(text: str) -> bool:
    """Whether a feature can be called so."""
    return bool(text.strip()) and "\0" not in text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(texts.filter(is_name), min_size=1, max_size=4, unique=True),
    st.lists(texts, min_size=1, max_size=5),
    st.booleans(),
)
@example([*filter(is_name, HOSTILE)], HOSTILE[:-1] * 2, True)
@example([*filter(is_name, HOSTILE)], HOSTILE * 2, False)
def test_no_name_and_no_value_means_anything_to_yaml(names: list[str], values: list[str], constrained: bool) -> None:
    """Names and values come back exactly; comments hold what they hold and never end."""
    inner = pa.array([dict.fromkeys(names, value) for value in values])
    column = pa.array([*values, *values])
    table = pa.table({**dict.fromkeys(names, column), "".join(names) + "!": pa.concat_arrays([inner, inner])})
    source = arrow_source(DataFile(Path("x"), "\n".join(values)), "data", table.schema, table.to_batches)
    found = inferred(surveyed([source], None), "seen", Version(0, 1, 0), constrained=constrained)
    findings: list[Any] = []
    read = read_document("seen.yaml", found.text, findings).definition
    assert findings == []
    assert read == found.catalog
    assert [feature.name for feature in found.catalog.features] == table.column_names
    assert [field.name for field in found.catalog.features[-1].children] == names
    few = len(set(values)) <= 20 and max(map(len, values)) <= 80
    wanted = tuple(sorted(set(values))) if constrained and few else None
    assert {feature.constraints.enum for feature in found.catalog.features[:-1]} == {wanted}
    assert all(line.isprintable() for line in found.text.split("\n"))


@given(texts)
def test_plain_text_is_text_to_every_reader(text: str) -> None:
    import yaml

    from jeyn_gen.infer.yaml_text import flow

    written = flow(text)
    assert yaml.safe_load(f"[{written}, {{{written}: 1}}]") == [text, {text: 1}]
    assert written.startswith('"') or resolved(written) == text


def test_what_no_document_can_hold(root: Path, refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kind: pa.DataType = pa.int8()
    for _ in range(60):
        kind = pa.struct([("a", kind)])
    table = pa.table({"x": pa.nulls(1, kind)})
    with pa.OSFile(str(root / "deep.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as opened:
        opened.write_table(table)
    assert "nested more than 50 deep" in refused("deep.arrow", code=2)
    monkeypatch.setattr("jeyn_gen.load.nodes._MOST_NODES", 100)
    write(root, "wide.parquet", pa.table({f"c{number}": [1] for number in range(26)}))
    assert "over 100 values" in refused("wide.parquet", code=2)


def test_it_writes_a_file_and_never_over_one(root: Path, put: Any, capsys: pytest.CaptureFixture[str]) -> None:
    put({"data.csv": "a\n1\n"})
    command = ["-C", str(root), "infer", "data.csv", "--name", "seen"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    to = ["--output", "catalogs/new/seen.yaml"]
    assert main([*command, *to]) == 0
    assert capsys.readouterr() == ("", "")
    path = root / "catalogs" / "new" / "seen.yaml"
    assert path.read_text() == printed
    path.write_text("mine")
    assert main([*command, *to]) == 2
    assert "is there already" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert main([*command, *to, "--force", "--version", "2.0.0"]) == 0
    assert "version: 2.0.0\n" in path.read_text()
    assert [one.name for one in path.parent.iterdir()] == ["seen.yaml"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_as_json(root: Path, put: Any, capsys: pytest.CaptureFixture[str]) -> None:
    put({"data.csv": "a\n1\n2\n"})
    command = ["-C", str(root), "infer", "data.csv", "--name", "seen"]
    assert main(command) == 0
    text = capsys.readouterr().out
    assert main([*command, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "jeyn.inferred/1", "rows": 2, "path": None, "document": text,
    }  # fmt: skip


ASKED = {
    "a name": (["a.csv", "--name", "Not_A_Name"], "is not a name"),
    "a version": (["a.csv", "--name", "a", "--version", "1.0"], "is not a version"),
    "a sample": (["a.csv", "--name", "a", "--sample", "0"], "at least one row"),
    "a file that is not there": (["b.csv", "--name", "a"], "b.csv cannot be read: No such file"),
    "an ending": (["a.xlsx", "--name", "a"], "the format of a.xlsx cannot be told"),
    "an ending of something else": (
        ["not.parquet", "--name", "a"],
        "not.parquet should be Parquet, but does not begin",
    ),
    "nothing": (["empty.parquet", "--name", "a"], "empty.parquet should be Parquet, but is empty"),
    "Parquet as text": (["parquet.csv", "--name", "a"], "parquet.csv should be CSV, but begins as Parquet does"),
    "a folder that is no folder": (["a.csv", "--name", "a", "--output", "a.csv/b.yaml"], "cannot be written"),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_cannot_be_asked(what: str, root: Path, put: Any, capsys: pytest.CaptureFixture[str]) -> None:
    put({"a.csv": "a\n1\n", "a.xlsx": b"PK\x03\x04", "not.parquet": "hello", "empty.parquet": ""})
    write(root, "parquet.csv", pa.table({"a": [1]}))
    words, told = ASKED[what]
    assert main(["-C", str(root), "infer", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err


@pytest.mark.parametrize("name", ["data.parquet", "data.arrow", "data.arrows"])
def test_files_that_are_cut_off(name: str, root: Path, refused: Any, put: Any) -> None:
    table = pa.table({"x": list(range(10_000))})
    if name == "data.parquet":
        write(root, name, table)
    else:
        with (
            pa.OSFile(str(root / name), "wb") as file,
            (pa.ipc.new_file if name.endswith("w") else pa.ipc.new_stream)(file, table.schema) as opened,
        ):
            opened.write_table(table)
    put({name: (root / name).read_bytes()[:5000]})
    assert f"{name}: it cannot be read as" in refused(name)


def test_a_run_on_what_was_inferred(numbers: Any) -> None:
    """From a file to a recorded batch, with nothing written by hand but the names."""
    (numbers.root / "data").mkdir()
    (numbers.root / "data" / "a.csv").write_text(
        '\ufeffid,zip,note,at\n1,01234,"x\ny",2030-01-31T09:00:00Z\n2,99999,,\n'
    )
    numbers.jeyn("infer", "data/a.csv", "--name", "letters", "--output", "catalogs/letters.yaml", "--constraints")
    formula = 'kind: DatasetFormula\nname: letters\nversion: 1.0.0\ncatalog: letters@0.1\nrecipe: {files: {url: "data/*.csv"}}\n'
    (numbers.root / "pipelines" / "letters.yaml").write_text(formula)
    pipeline = "kind: Pipeline\nname: collect\nversion: 1.0.0\nsteps: {collect: {formula: letters@1}}\n"
    (numbers.root / "pipelines" / "collect.yaml").write_text(pipeline)
    numbers.jeyn("lint", "--strict")
    assert numbers.json("run", "collect")["status"] == "succeeded"
    shown = "import jeyn; print([(row.zip, row.note, row.at is None) for row in jeyn.load('letters#1')])"
    assert numbers.python(shown) == "[('01234', 'x\\ny', False), ('99999', None, True)]\n"
