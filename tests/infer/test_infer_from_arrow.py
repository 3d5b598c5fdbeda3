"""Catalogs from Parquet and Arrow files: every type that they hold, and what no catalog can say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jeyn.errors import ConformanceError


def parquet(root: Path, name: str = "data.parquet", **columns: Any) -> pa.Table:
    table = pa.table(columns)
    pq.write_table(table, root / name)
    return table


ROWS = 4
COLUMNS: dict[str, tuple[pa.Array, str]] = {
    "flag": (pa.array([True, None, False, True]), "bool?"),
    **{
        f"{sign}{bits}": (pa.array([0, 1, 100, 3], pa.type_for_alias(f"{sign}int{bits}")), f"{sign}int{bits}")
        for sign in ("", "u")
        for bits in (8, 16, 32, 64)
    },
    "most": (pa.array([2**64 - 1, 0, None, 5], pa.uint64()), "uint64?"),
    "half": (pa.array(np.array([1, 2, 3, np.nan], np.float16)), "float16"),
    "single": (pa.array([0.1, None, 1.5, 2], pa.float32()), "float32?"),
    "double": (pa.array([float("nan"), 1e300, float("-inf"), 0.1]), "float64"),
    "text": (pa.array(["a", "", None, "größe"]), "string?"),
    "large": (pa.array(["a", "b", "c", "d"], pa.large_string()), "string"),
    "view": (pa.array(["a", "b", "c", "a long text that is not inlined"], pa.string_view()), "string"),
    "raw": (pa.array([b"", b"\xff", b"a", None], pa.large_binary()), "bytes?"),
    "fixed": (pa.array([b"ab", b"cd", b"ef", b"gh"], pa.binary(2)), "bytes"),
    "category": (pa.array(["x", "y", "x", None]).dictionary_encode(), "string?"),
    "day": (pa.array([date(2030, 1, 31), None, date(1, 1, 1), date(9999, 12, 31)]), "date?"),
    "day64": (pa.array([date(2030, 1, 31)] * 4, pa.date64()), "date"),
    "seconds": (pa.array([datetime(2030, 1, 31)] * 4, pa.timestamp("s")), "timestamp"),
    "zoned": (pa.array([datetime(2030, 1, 31)] * 4, pa.timestamp("us", "Europe/Berlin")), "timestamp[Europe/Berlin]"),
    "offset": (pa.array([datetime(2030, 1, 31)] * 4, pa.timestamp("ms", "+05:30")), "timestamp[UTC]"),
    "nanos": (pa.array([1000, 2000, None, 3000], pa.timestamp("ns")), "timestamp?"),
    "lasted": (pa.array([timedelta(-1), timedelta(1), None, timedelta(0)]), "duration?"),
    "price": (
        pa.array([Decimal("1.50"), Decimal("-99999.99"), None, Decimal(0)], pa.decimal128(7, 2)),
        "decimal(7, 2)?",
    ),
    "wide": (pa.array([Decimal(10) ** 50] * 4, pa.decimal256(60, 3)), "decimal(60, 3)"),
    "thousands": (pa.array([Decimal("1E+3")] * 4, pa.decimal128(4, -3)), "decimal(7, 0)"),
    "tiny": (pa.Array.from_buffers(pa.decimal128(3, 5), 4, pa.array([Decimal("1.23")] * 4).buffers()), "decimal(5, 5)"),
    "pair": (pa.array([[1, 2], None, [3, 4], [5, 6]], pa.list_(pa.int16())), "int16[2]?"),
    "fixed_pair": (pa.array([[1, 2], None, [3, 4], [5, 6]], pa.list_(pa.float32(), 2)), "float32[2]?"),
    "series": (pa.array([[1.5], [], [2.5, 3.5], [4.5]]), "float64[*]"),
    "empty": (pa.array([[], [], [], []], pa.list_(pa.int8())), "int8[*]"),
    "boxes": (pa.array([[[1, 2]], [], [[3, 4], [5, 6]], [[7, 8]]], pa.large_list(pa.list_(pa.int32()))), "int32[*, 2]"),
    "cube": (pa.array([[[[True]], [[False]]]] * 4), "bool[2, 1, 1]"),
    "ragged": (pa.array([[[1], [2, 3]], [[4]], [], [[5], []]]), "list(list(int64))"),
    "holes": (pa.array([[1, None], [2, 3], [4, 5], [6, 7]]), "list(int64)"),
    "fixed_holes": (pa.array([[1, None], [2, 3], [4, 5], [6, 7]], pa.list_(pa.int8(), 2)), "list(int8)"),
    "words": (pa.array([["a"], [], None, ["b", "c"]]), "list(string)?"),
    "person": (
        pa.array(
            [{"name": "a", "at": [1.0, 2.0]}, None, {"name": None, "at": [3.0, 4.0]}, {"name": "b", "at": [5.0, 6.0]}]
        ),
        "struct(name: string, at: float64[2])?",
    ),
    "people": (pa.array([[{"age": 1}], [], None, [{"age": None}, {"age": 2}]]), "list(struct(age: int64))?"),
    "nothing": (pa.nulls(4), "string?"),
    "no_ints": (pa.nulls(4, pa.int16()), "int16?"),
    "no_lists": (pa.nulls(4, pa.list_(pa.int16())), "list(int16)?"),
    "tensor": (pa.FixedShapeTensorArray.from_numpy_ndarray(np.zeros((4, 3, 2), np.uint8)), "uint8[3, 2]"),
}


def test_every_type_is_read_and_accepted(root: Path, infer: Any) -> None:
    table = parquet(root, **{name: array for name, (array, _) in COLUMNS.items() if name not in ("thousands", "tiny")})
    found = infer("data.parquet")
    assert found.types() == {name: kind for name, (_, kind) in COLUMNS.items() if name not in ("thousands", "tiny")}
    assert found.accepts(table) == found.accepts_file("data.parquet") == ROWS


@pytest.mark.parametrize("ending", ["arrow", "arrows", "feather", "ipc", ""])
@pytest.mark.parametrize("constrained", [False, True])
def test_arrow_files_and_streams(ending: str, constrained: bool, root: Path, infer: Any) -> None:
    table = pa.table({name: array for name, (array, _) in COLUMNS.items()})
    path = root / f"data.{ending}"
    writer = pa.ipc.new_stream if ending in ("arrows", "ipc") else pa.ipc.new_file
    with pa.OSFile(str(path), "wb") as file, writer(file, table.schema) as opened:
        opened.write_table(table, max_chunksize=3)
    found = infer(path.name, *(["--constraints"] if constrained else []))
    assert found.types() == {name: kind for name, (_, kind) in COLUMNS.items()}
    assert found.accepts(table) == ROWS


def test_runs_are_read_as_their_values(root: Path, infer: Any) -> None:
    table = pa.table({"run": pa.RunEndEncodedArray.from_arrays(pa.array([3, 4], pa.int32()), pa.array(["a", None]))})
    with pa.OSFile(str(root / "data.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as opened:
        opened.write_table(table)
    assert infer("data.arrow").types() == {"run": "string?"}


def test_tensors_with_a_free_axis_that_jeyn_itself_has_saved(root: Path, infer: Any) -> None:
    from jeyn.conformance.ingest import record_batches
    from jeyn.model.definitions import DataCatalog
    from jeyn.model.names import Version
    from jeyn.model.types import Feature, Scalar, Tensor

    catalog = DataCatalog("a", Version(1, 0, 0), (Feature("x", Tensor(Scalar("float32"), (-1, 2))),))
    data = {"x": [np.zeros((1, 2), np.float32), np.zeros((3, 2), np.float32)]}
    table = pa.Table.from_batches(record_batches(data, catalog))
    pq.write_table(table, root / "data.parquet")
    found = infer("data.parquet")
    assert found.types() == {"x": "float32[*, 2]"}
    assert found.accepts(data) == 2


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_what_frames_write(library: str, root: Path, infer: Any) -> None:
    columns = {"n": [1, 2, 3], "word": ["a", "b", "a"], "x": [0.5, None, 1.5], "at": [datetime(2030, 1, 31)] * 3}
    if library == "pandas":
        frame = pd.DataFrame(columns)
        frame["word"] = frame["word"].astype("category")
        frame.to_parquet(root / "data.parquet")
    else:
        pl.DataFrame(columns).with_columns(pl.col("word").cast(pl.Categorical)).write_parquet(root / "data.parquet")
    found = infer("data.parquet")
    assert found.types() == {"n": "int64", "word": "string", "x": "float64?", "at": "timestamp"}
    assert found.accepts_file("data.parquet") == 3


def test_no_rows_allow_everything(root: Path, infer: Any) -> None:
    table = pa.table({name: array for name, (array, _) in COLUMNS.items() if name not in ("thousands", "tiny")}).slice(
        0, 0
    )
    pq.write_table(table, root / "data.parquet")
    found = infer("data.parquet")
    assert all(feature.constraints.nullable for feature in found.catalog.features)
    assert found.types()["tensor"] == "uint8[3, 2]?"
    assert found.accepts(table) == 0
    assert found.notes("flag") == ["nothing was seen of it"]


def test_evidence_stands_in_comments(root: Path, infer: Any) -> None:
    parquet(
        root,
        n=[1, 2, 2, None],
        x=[1.5, float("nan"), None, None],
        word=["b", "a", "b", "a"],
        none=pa.nulls(4),
        series=[[1], [2, 3], [], None],
        at=[datetime(2030, 1, 31, tzinfo=UTC)] * 4,
        id=list("wxyz"),
    )
    found = infer("data.parquet")
    assert found.text.startswith("# Inferred from 4 rows: data.parquet.\n# ")
    assert found.notes("n") == ["3 values, 1 null, from 1 to 2, 2 different"]
    assert found.notes("x") == ["2 values, 2 null, from 1.5 to 1.5, 1 NaN, 2 different"]
    assert found.notes("word") == ["4 values, 1 character, 2 different", 'could be: enum: ["a", "b"]']
    assert found.notes("id")[1] == "could be: unique: true"
    assert found.notes("series") == ["3 values, 1 null, axes of 0 to 2, from 1 to 3"]
    assert "string is a guess" in found.notes("none")[0]
    assert 'from "2030-01-31T00:00:00+00:00"' in found.notes("at")[0]


def test_constraints_are_what_was_seen(root: Path, infer: Any) -> None:
    table = parquet(
        root,
        n=[1, 2, 2, None],
        x=[1.5, float("nan"), 0.1, 3],
        word=["b", "a", "b", "a"],
        far=[0.5, float("inf"), 1, 2],
        series=[[1], [2, 3], [], None],
        ago=[timedelta(-1), timedelta(2), None, None],
        text=["a", "bcd", "e", "f"],
    )
    found = infer("data.parquet", "--constraints")
    rules = {feature.name: feature.constraints for feature in found.catalog.features}
    assert (rules["n"].minimum, rules["n"].maximum, rules["n"].unique) == (1, 2, False)
    assert (rules["x"].minimum, rules["x"].maximum) == (None, None), "NaN keeps no bound"
    assert (rules["far"].minimum, rules["far"].maximum) == (0.5, None)
    assert (rules["ago"].minimum, rules["ago"].maximum) == (None, timedelta(2)), "no document states one before zero"
    assert (rules["word"].enum, rules["word"].min_length) == (("a", "b"), None)
    assert (rules["text"].min_length, rules["text"].max_length, rules["text"].unique) == (1, 3, True)
    assert (rules["series"].minimum, rules["series"].maximum) == (1, 3)
    assert found.accepts(table) == ROWS
    for broken in ({"n": [3, 2, 2, None]}, {"word": ["c", "a", "b", "a"]}, {"text": ["a", "a", "e", "f"]}):
        with pytest.raises(ConformanceError):
            found.accepts({**table.to_pydict(), **broken})


def test_times_that_python_has_no_words_for(root: Path, infer: Any) -> None:
    far = pa.array([-(2**62), 2**62], pa.timestamp("us"))
    days = pa.array([-(2**31), 2**31 - 1], pa.date32())
    lasted = pa.array([-(2**62), 2**62], pa.duration("us"))
    table = parquet(root, far=far, days=days, lasted=lasted)
    found = infer("data.parquet", "--constraints")
    assert found["far"].constraints.minimum is found["days"].constraints.minimum is None
    assert found.notes("far") == ["2 values, 2 different"]
    assert found.accepts(table) == 2


def test_a_sample_stops_early(root: Path, infer: Any) -> None:
    parquet(root, n=[1, 2, None, 900], word=["a", "b", "c", None])
    found = infer("data.parquet", "--sample", "2")
    assert found.types() == {"n": "int64", "word": "string"}
    assert found.text.startswith("# Inferred from 2 rows, of each file the first 2: data.parquet.\n")
    assert infer("data.parquet", "--sample", "3").types() == {"n": "int64?", "word": "string"}


def test_many_different_values_are_not_all_kept(root: Path, infer: Any) -> None:
    parquet(root, n=pa.array(range(250_000)), word=["a", "b"] * 125_000)
    found = infer("data.parquet", "--constraints")
    assert found.notes("n") == ["250,000 values, from 0 to 249999, more than 100,000 different"]
    assert not found["n"].constraints.unique
    assert found["word"].constraints.enum == ("a", "b")


REFUSED: dict[str, tuple[pa.Array, str]] = {
    "nanoseconds": (pa.array([1000, 1001, 2000], pa.timestamp("ns")), "00.000001001"),
    "nanoseconds that last": (pa.array([1000, 1001, 2000], pa.duration("ns")), "1001"),
    "time": (pa.array([1, 2, 3], pa.time64("us")), "time of day"),
    "map": (pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int64())), "a map"),
    "nothing in it": (pa.array([{}] * 3, pa.struct([])), "struct without fields"),
    "interval": (pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()), "interval"),
    "digits": (pa.array([None] * 3, pa.decimal256(76, -5)), "76 digits"),
    "too long ago": (pa.array([-(2**62)] * 3, pa.timestamp("s")), "timestamp"),
    "nested": (
        pa.array([{"a": [{"b": 1001}]}] * 3, pa.struct([("a", pa.list_(pa.struct([("b", pa.duration("ns"))])))])),
        "nested.a[].b",
    ),
    "fields": (pa.StructArray.from_arrays([pa.array([1] * 3)] * 2, ["a", "a"]), "two fields `a`"),
    "blank field": (pa.StructArray.from_arrays([pa.array([1] * 3)], [" "]), "no name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_catalog_can_say_is_refused_with_its_place(name: str, root: Path, refused: Any) -> None:
    array, told = REFUSED[name]
    table = pa.table({"fine": [1, 2, 3], name: array})
    with pa.OSFile(str(root / "data.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as opened:
        opened.write_table(table)
    said = refused("data.arrow")
    assert f"data.arrow: column `{name}" in said
    assert told in said
    assert "fine" not in said


def test_all_that_is_wrong_is_told_at_once(root: Path, refused: Any) -> None:
    table = pa.Table.from_arrays(
        [pa.array([1]), pa.array([2]), pa.array([3]), pa.array([1], pa.time32("s")), pa.array([1], pa.timestamp("ns"))],
        ["a", "a", "  ", "t", "n"],
    )
    with pa.OSFile(str(root / "data.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as opened:
        opened.write_table(table)
    said = refused("data.arrow")
    for told in (
        "column `a`: 2 columns have this name",
        "column `number 3`: it has no name",
        "column `t`: it holds a time",
    ):
        assert said.count(told) == 1
