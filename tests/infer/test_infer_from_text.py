"""Catalogs from CSV and JSON Lines, which accept their files as the `files` recipe reads them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jeyn.conformance.checks import Checker
from jeyn.errors import AnswerIsNo
from jeyn.formulas.files import make
from jeyn.formulas.listing import list_objects
from jeyn.model.definitions import FilesRecipe
from jeyn.model.names import Version
from jeyn_gen.infer.csv_files import csv_files
from jeyn_gen.infer.document import inferred
from jeyn_gen.infer.json_lines import json_lines
from jeyn_gen.infer.source import DataFile
from jeyn_gen.infer.survey import surveyed

CSV: dict[str, tuple[str, dict[str, str]]] = {
    "numbers": ("a,b,c\n1,1.5,18446744073709551615\n-2,3,0\n", {"a": "int64", "b": "float64", "c": "uint64"}),
    "words for numbers": ("a,b\ninf,nan\n1,x\n", {"a": "float64", "b": "string"}),
    "no numbers to whoever wrote them": (
        "zip,hex,plus,space,long\n00123,0x1f,+1, 1,123456789012345678901\n12345,10,2,2,1\n",
        dict.fromkeys(("zip", "hex", "plus", "space", "long"), "string"),
    ),
    "zero alone is a number": ("a,b\n0,0.5\n10,-0\n", {"a": "int64", "b": "float64"}),
    "booleans": ("a,b,c\ntrue,1,TRUE\nfalse,0,yes\n", {"a": "bool", "b": "int64", "c": "string"}),
    "times": (
        "day,clock,moment,mixed,odd,fine\n"
        "2030-01-31,2030-01-31T09:00,2030-01-31T09:00:00Z,2030-01-31,31.1.2030,2030-01-31 09:00:00.1234567\n"
        "1970-01-01,2030-01-31 09:00:00.123456,2030-01-31 09:00:00+02:00,2030-01-31T09:00:00,1.2.2030,2030-01-31 09:00:00.1\n",
        {
            "day": "date",
            "clock": "timestamp",
            "moment": "timestamp[UTC]",
            "mixed": "string",
            "odd": "string",
            "fine": "string",
        },
    ),
    "durations": (
        "iso,pandas,clock,seconds,mixed,some\nPT1H30M,0 days 01:30:00,01:30:00,5400,PT1H,\n-P1DT0.5S,-1 days +23:59:59,02:00:00,1.5,x,P1W\n",
        {
            "iso": "duration",
            "pandas": "duration",
            "clock": "string",
            "seconds": "float64",
            "mixed": "string",
            "some": "duration?",
        },
    ),
    "durations of years, and too fine or too long ones": (
        "a,b,c\nP1Y,PT0.0000001S,P99999999W\n",
        dict.fromkeys("abc", "string"),
    ),
    "nothing where text is": ("a,b,t\n1,,x\n,2.5,\n", {"a": "int64?", "b": "float64?", "t": "string?"}),
    "quoted nothing is text": ('a,t\n"",x\n2,""\n', {"a": "string", "t": "string"}),
    "marks of nothing among numbers": ("a,b\nNA,1\n2,NaN\n", {"a": "int64?", "b": "int64?"}),
    "marks of nothing beside text": ("a,b,t\nNA,1,x\n2,NaN,y\n", {"a": "string", "b": "float64", "t": "string"}),
    "marks of nothing in quotes": ('a\n"NA"\n1\n', {"a": "string"}),
    "nothing at all": ("a,b\n1,\n2,\n", {"a": "int64", "b": "string?"}),
    "names alone": ("a,b\n", {"a": "string?", "b": "string?"}),
    "a mark of byte order": ("\ufeffa,b\n1,x\n", {"a": "int64", "b": "string"}),
    "newlines in quotes": ('a,"b\nc"\n1,"x\r\ny, ""z"""\n2,"\n"\n', {"a": "int64", "b\nc": "string"}),
    "line ends of others": ("a,b\r\n1,x\r\n2,y\r\n", {"a": "int64", "b": "string"}),
    "odd names": (
        "class,größe,yes,1st,x: {,#\n1,2,3,4,5,6\n",
        dict.fromkeys(("class", "größe", "yes", "1st", "x: {", "#"), "int64"),
    ),
}


@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("name", CSV)
def test_csv(name: str, constrained: bool, put: Any, infer: Any) -> None:
    text, types = CSV[name]
    put({"data.csv": text})
    found = infer("data.csv", *(["--constraints"] if constrained else []))
    assert found.types() == types
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert found.accepts_file("data.csv") == len(rows) - 1


def test_marks_of_nothing_depend_on_the_texts_of_their_own_file(put: Any, infer: Any) -> None:
    put({"old.csv": "a,b\nNA,1\n2,NaN\n", "new.csv": "a,b,t\n3,NaN,x\n4,2.5,\n"})
    found = infer("old.csv", "new.csv")
    assert found.types() == {"a": "int64?", "b": "float64?", "t": "string?"}
    assert found.accepts_file("old.csv") == found.accepts_file("new.csv") == 2
    put({"odd.csv": "a,t\n3,y\nNA,z\n"})  # where it is a text, and text and numbers stay apart
    put({"text.csv": "a,c\nNA,NaN\n"})  # text by what another file says
    found = infer("odd.csv", "text.csv")
    assert found.types() == {"a": "string", "t": "string?", "c": "float64?"}
    assert found.accepts_file("odd.csv") + found.accepts_file("text.csv") == 3


def test_a_late_line_can_change_a_type(put: Any, infer: Any) -> None:
    """Beyond the first block, by which Arrow alone would decide."""
    lines = [f"{number},{number},{'x' * 40}" for number in range(60_000)]
    put({"data.csv": "\n".join(["a,b,t", *lines, "1.5,00,", ""])})
    found = infer("data.csv")
    assert found.types() == {"a": "float64", "b": "string", "t": "string?"}
    assert found.accepts_file("data.csv") == 60_001
    assert infer("data.csv", "--sample", "1000").types() == {"a": "int64", "b": "int64", "t": "string"}


def test_quoted_newlines_stand_anywhere_in_a_large_file(put: Any, infer: Any) -> None:
    put({"data.csv": "a,b\n" + "".join(f'{number},"{"x" * 40}\n{number}"\n' for number in range(50_000))})
    assert infer("data.csv", "--sample", "10").accepts_file("data.csv") == 50_000


CELLS = st.sampled_from(
    """ 0 1 -1 00 007 +1 1.5 1e5 .5 5. 1_0 0x10 inf nan NaN NA N/A null NULL -inf Infinity 99999999999999999999 18446744073709551615
    true false True FALSE yes PT1H P1DT0.5S P1Y 01:00:00 2030-01-31 2030-1-31 2030-02-30 2030-01-31T09:00 2030-01-31T09 2030-01-31T09:00:00Z x "" "NA" "1" "a,b"
    2030-01-31T09:00:00+02:00 2030-01-31T09:00:00.1234567 0001-01-01 9999-12-31 1970-01-01T00:00:00.5 -0 1E400 123456789012345.678 é
    """.split(" ")
).map(str.strip)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4), constrained=st.booleans())
def test_any_csv_is_accepted_as_it_was_inferred(rows: list[list[str]], constrained: bool, root: Path) -> None:
    (root / "data.csv").write_text("".join(f"{','.join(row)}\n" for row in [["a", "b"], *rows]))
    check_accepted(root, "data.csv", csv_files, constrained, len(rows))


JSON_VALUES = st.recursive(
    st.sampled_from([None, "2030-01-31T09:00:00", "2030-01-31T09:00:00Z", "2030-01-31", "PT1H", "P1D", "x", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.fixed_dictionaries({}, optional={"p": inner, "q": inner}),
    max_leaves=5,
)
NUMBERS = st.sampled_from([0, 1, -1, 1.5, 2**53 + 1, 2**63 - 1, 1e300, None])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.fixed_dictionaries({}, optional={"a": JSON_VALUES, "n": NUMBERS, "v": st.lists(NUMBERS)}), max_size=4
    ),
    constrained=st.booleans(),
)
def test_any_json_lines_are_accepted_as_they_were_inferred(rows: list[Any], constrained: bool, root: Path) -> None:
    (root / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    check_accepted(root, "data.jsonl", json_lines, constrained, len(rows))


def check_accepted(root: Path, name: str, read: Any, constrained: bool, rows: int) -> None:
    """What is inferred takes the file as the recipe reads it; what cannot be inferred is refused as it should be."""
    try:
        survey = surveyed(read([DataFile(root / name, name)], None), None)
    except (AnswerIsNo, pa.ArrowInvalid):  # the second is `sources_of`'s to tell
        return
    catalog = inferred(survey, "seen", Version(0, 1, 0), constrained=constrained).catalog
    recipe = FilesRecipe(name, "csv" if name.endswith("csv") else "jsonl")
    checker = Checker(catalog)
    for part in make(recipe, catalog, list_objects(name, root), root).data:
        checker.update(part)
    assert checker.violations() == []
    assert checker.rows == survey.rows <= rows


JSONL: dict[str, tuple[list[str], dict[str, str]]] = {
    "numbers": (['{"a": 1, "b": 1}', '{"a": -2, "b": 1.5}'], {"a": "int64", "b": "float64"}),
    "large numbers": (['{"a": 9223372036854775807, "b": 1e300}'], {"a": "int64", "b": "float64"}),
    "NaN": (['{"a": NaN}', '{"a": 1}'], {"a": "float64"}),
    "texts and booleans": (['{"a": "1", "b": true}', '{"a": "", "b": false}'], {"a": "string", "b": "bool"}),
    "missing keys": (['{"a": 1, "b": "x"}', '{"b": null}', '{"a": 3}'], {"a": "int64?", "b": "string?"}),
    "nothing at all": (['{"a": null, "b": 1}', '{"b": 2}'], {"a": "string?", "b": "int64"}),
    "times": (
        [
            '{"clock": "2030-01-31T09:00:00.5", "moment": "2030-01-31T09:00:00Z", "day": "2030-01-31", "mixed": "2030-01-31"}',
            '{"clock": "2030-01-31 09:00", "moment": "2030-01-31T09:00:00+02:00", "day": "2030-02-01", "mixed": "2030-01-31T09:00"}',
        ],
        {"clock": "timestamp", "moment": "timestamp[UTC]", "day": "string", "mixed": "string"},
    ),
    "durations": (
        ['{"a": "PT1H", "o": {"v": ["P1D", null]}, "n": 5400}', '{"a": null, "o": {"v": []}, "n": 1.5}'],
        {"a": "duration?", "o": "struct(v: list(duration))", "n": "float64"},
    ),
    "lists": (
        [
            '{"pair": [1, 2], "series": [1.5], "words": [], "deep": [[1], [2, 3]]}',
            '{"pair": [3, 4], "series": [], "words": ["x"]}',
        ],
        {"pair": "int64[2]", "series": "float64[*]", "words": "list(string)", "deep": "list(list(int64))?"},
    ),
    "lists of nothing": (['{"a": [], "b": [null]}'], {"a": "list(string)", "b": "list(string)"}),
    "objects": (
        ['{"o": {"x": 1, "at": ["2030-01-31T09:00Z"]}}', '{"o": {"x": null, "y": "a"}}', '{"o": null}'],
        {"o": "struct(x: int64, at: list(timestamp[UTC]), y: string)?"},
    ),
    "blank lines and a mark of byte order": (['\ufeff{"a": 1}', "", "  ", '{"a": 2}'], {"a": "int64"}),
}


@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("name", JSONL)
def test_json_lines(name: str, constrained: bool, put: Any, infer: Any) -> None:
    lines, types = JSONL[name]
    put({"data.jsonl": "\n".join(lines) + "\n"})
    found = infer("data.jsonl", *(["--constraints"] if constrained else []))
    assert found.types() == types
    assert found.accepts_file("data.jsonl") == len([line for line in lines if line.strip()])


def test_fields_that_are_missing_may_be_null(put: Any, infer: Any) -> None:
    put({"data.ndjson": '{"o": {"x": 1}}\n{"o": {"y": "a"}}\n'})
    fields = infer("data.ndjson")["o"].children
    assert [(field.name, field.constraints.nullable) for field in fields] == [("x", True), ("y", True)]


def test_chunks_of_json_lines_agree_on_one_type(put: Any, infer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jeyn_gen.infer.json_lines._CHUNK_BYTES", 64)
    rows = [{"a": 1, "t": "2030-01-31T09:00:00", "o": {"x": [number]}} for number in range(50)]
    rows += [{"a": 1.5, "t": "later", "o": {"x": [], "y": "a"}, "new": True}]
    put({"data.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    found = infer("data.jsonl")
    assert found.types() == {"a": "float64", "t": "string", "o": "struct(x: int64[*], y: string)", "new": "bool?"}
    assert found.accepts_file("data.jsonl") == 51


REFUSED = {
    "empty.csv": (b"", "empty.csv", "Empty CSV"),
    "twice.csv": (b"a,b,a\n1,2,3\n", "twice.csv: column `a`", "2 columns have this name"),
    "unnamed.csv": (b"a,,c\n1,2,3\n", "unnamed.csv: column `number 2`", "no name"),
    "short.csv": (b"a,b\n1,2\n3\n", "short.csv", "Expected 2 columns"),
    "latin.csv": ("a\nö\n".encode("latin-1"), "latin.csv", "UTF8"),
    "zero.csv": (
        b"a\0b,c\n1,2\n",
        "zero.csv: column `a",
        "the name of the column holds U+0000, at which Arrow ends a name\n    fix: rename the column",
    ),
    "empty.jsonl": (b"\n \n", "empty.jsonl", "no columns"),
    "hollow.jsonl": (b"{}\n{}\n", "hollow.jsonl", "no columns"),
    "mixed.jsonl": (b'{"a": 1}\n\n{"a": 2}\n{"a": "x"}\n', "mixed.jsonl: line 4", "changed from number to string"),
    "list.jsonl": (b'{"a": 1}\n[1]\n', "list.jsonl: line 2", "changed from object to array"),
    "broken.jsonl": (b'{"a": 1}\n{"a": \n', "broken.jsonl: line 2", "Invalid value"),
    "twice.jsonl": (b'{"a": 1, "a": 2}\n', "twice.jsonl: line 1", "specified twice"),
    "surrogate.jsonl": (b'{"a": "\\ud800"}\n', "surrogate.jsonl: line 1", "surrogate"),
    "zero.jsonl": (b'{"o": {"a\\u0000b": 1}}\n', "zero.jsonl: column `o`", "fix: rename the field at its source"),
    "hollow-field.jsonl": (b'{"a": {}}\n', "hollow-field.jsonl: column `a`", "struct without fields"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_with_its_place(name: str, put: Any, refused: Any) -> None:
    held, place, told = REFUSED[name]
    put({name: held})
    said = refused(name)
    assert place in said
    assert told in said


def test_lines_of_different_chunks_that_differ(put: Any, refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jeyn_gen.infer.json_lines._CHUNK_BYTES", 8)
    put({"data.jsonl": '{"a": 1}\n{"a": 2}\n{"a": "x"}\n'})
    said = refused("data.jsonl")
    assert "data.jsonl: line" in said
    assert "int64 vs string" in said
    assert str(Path.cwd()) not in said
