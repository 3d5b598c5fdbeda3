from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from jeyn.errors import SerializerError
from jeyn.serializers.content import file_name, write_content

mpl.use("Agg")

DRAW = """
import sys
from pathlib import Path
import matplotlib
matplotlib.use("Agg")
from matplotlib.figure import Figure
from jeyn.serializers.content import write_content
figure = Figure()
axes = figure.subplots()
axes.plot([1, 3, 2], label="a curve")
axes.fill_between([0, 1, 2], [1, 3, 2], hatch="/")
axes.legend()
for name in ("plot", "plot.svg", "plot.pdf"):
    write_content(name, figure, Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("name", "value", "file"),
    [
        ("metrics", {"a": 1}, "metrics.json"),
        ("metrics.json", [1], "metrics.json"),
        ("metrics.v2", {}, "metrics.v2.json"),
        ("note", "text", "note.txt"),
        ("note.md", "text", "note.md"),
        ("page.html", "<p>", "page.html"),
        ("blob", b"x", "blob"),
        ("blob.bin", b"x", "blob.bin"),
        ("copy", Path("some/where.onnx"), "copy.onnx"),
        ("copy.bin", Path("some/where.onnx"), "copy.bin"),
        ("plot", Figure(), "plot.png"),
        ("plot.svg", Figure(), "plot.svg"),
        ("table", pd.DataFrame(), "table.csv"),
        ("table.parquet", pl.DataFrame(), "table.parquet"),
        ("table", pa.table({}), "table.csv"),
    ],
)
def test_the_name_and_the_type_give_the_file(name: str, value: object, file: str) -> None:
    assert file_name(name, value) == file


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a b", "na\u00efve", "a\n", "a\0", "a.", "-rf", "c:", "x" * 97],
)
def test_a_name_that_is_not_safe_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SerializerError, match="cannot name a file"):
        write_content(name, "text", tmp_path)
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=12), st.sampled_from(["text", {}, b"", Path("a.b")]))
def test_no_name_leaves_the_folder(name: str, value: Any) -> None:
    try:
        file = file_name(name, value)
    except SerializerError:
        return
    assert Path(file).name == file
    assert file.isascii()
    assert not file.startswith((".", "-"))


@pytest.mark.parametrize(
    ("name", "value"), [("a.png", {}), ("a.json", pd.DataFrame()), ("a.csv", Figure()), ("a.parquet", [1])]
)
def test_a_suffix_of_another_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises(SerializerError, match="cannot be written as"):
        file_name(name, value)


@pytest.mark.parametrize("value", [None, 1.0, object(), {1}, np.ones(2), pd.Series([1])])
def test_an_unknown_type_is_told_what_is_accepted(tmp_path: Path, value: object) -> None:
    with pytest.raises(SerializerError, match="a matplotlib Figure; a table"):
        write_content("thing", value, tmp_path)


def test_figures_of_numpy_become_json(tmp_path: Path) -> None:
    value = {"b": np.float32(0.5), "a": {"n": np.int64(3), "m": np.arange(4).reshape(2, 2)}, 1: (np.bool_(True), None)}
    text = write_content("metrics", value, tmp_path).read_text()
    assert json.loads(text) == {"a": {"m": [[0, 1], [2, 3]], "n": 3}, "b": 0.5, "1": [True, None]}
    assert text.startswith('{\n  "1": [\n    true,')
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"auc": {"test": [1.0, float("nan")]}}, r"auc\.test\[1\] is nan"),
        ({"a": np.array([np.inf])}, r"a\[0\] is inf"),
        ({"a": 1j}, "a is a complex"),
        ({(1, 2): 3}, "a key of type tuple"),
        ({1: 1, "1": 2}, "two keys that read '1'"),
        ({"a": pd.Series([1])}, "a is a pandas"),
        (["\ud800"], "not Unicode"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(tmp_path: Path, value: object, why: str) -> None:
    with pytest.raises(SerializerError, match=why):
        write_content("metrics", value, tmp_path)


def test_text_bytes_and_files_are_kept_as_they_are(tmp_path: Path) -> None:
    assert write_content("note.md", "# \u00fc\r\n", tmp_path).read_bytes() == "# \u00fc\r\n".encode()
    assert write_content("raw", b"\0\xff", tmp_path).read_bytes() == b"\0\xff"
    assert write_content("copy", tmp_path / "note.md", tmp_path).name == "copy.md"
    assert (tmp_path / "copy.md").read_bytes() == (tmp_path / "note.md").read_bytes()


def test_a_path_to_nothing_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(SerializerError, match="there is no file"):
            write_content("copy", path, tmp_path)


def test_two_contents_of_one_name_are_refused(tmp_path: Path) -> None:
    write_content("metrics", {}, tmp_path)
    with pytest.raises(SerializerError, match=r"metrics\.json"):
        write_content("metrics.json", [], tmp_path)


def test_a_figure_has_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder, seed in zip(folders, ("1", "2"), strict=True):
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run([sys.executable, "-c", DRAW, str(folder)], env=environment, check=True)
    for name in ("plot.png", "plot.svg", "plot.pdf"):
        one, two = ((folder / name).read_bytes() for folder in folders)
        assert one == two
        assert mpl.__version__.encode() not in one


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"n": [1, 2], "s": ["x", None]}),
        pl.DataFrame({"n": [1, 2], "s": ["x", None]}),
        pa.table({"n": [1, 2], "s": ["x", None]}),
    ],
    ids=["pandas", "polars", "pyarrow"],
)
def test_a_table_of_any_library_gives_the_same_file(tmp_path: Path, table: Any) -> None:
    assert write_content("table", table, tmp_path).read_text() == '"n","s"\n1,"x"\n2,\n'
    read = pq.read_table(write_content("table.parquet", table, tmp_path))
    assert read.to_pylist() == [{"n": 1, "s": "x"}, {"n": 2, "s": None}]
    assert not read.schema.metadata


def test_an_index_that_says_something_is_a_column(tmp_path: Path) -> None:
    matrix = pd.DataFrame([[5, 1], [0, 4]], index=pd.Index(["cat", "dog"], name="actual"), columns=[0, 1])
    assert write_content("confusion", matrix, tmp_path).read_text() == '"actual","0","1"\n"cat",5,1\n"dog",0,4\n'


def test_a_table_that_csv_cannot_hold_names_parquet(tmp_path: Path) -> None:
    nested = pa.table({"a": [[1, 2]]})
    with pytest.raises(SerializerError, match=r"\.parquet"):
        write_content("table", nested, tmp_path)
    assert pq.read_table(write_content("nested.parquet", nested, tmp_path)).to_pylist() == [{"a": [1, 2]}]
