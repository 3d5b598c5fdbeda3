"""Columns come back as the library at hand writes them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from drawn_rows import NULLABLE, WHOLE, catalog_of, in_order, table_of, tables_of
from hypothesis import given, settings

from jeyn.conformance import columns
from jeyn.conformance.columns import rows, to_numpy, to_pandas, to_polars
from jeyn.errors import AskError
from jeyn.model.types import FeatureType, Scalar, Tensor

GRID = Tensor(Scalar("float32"), (2, 3))


def column_of(values: object, kind: FeatureType) -> pa.ChunkedArray:
    return table_of({"x": values}, catalog_of(x=(kind, NULLABLE))).column("x")


def test_one_chunk_without_nulls_is_a_view() -> None:
    for kind, given_values in ((Scalar("int64"), np.arange(5)), (GRID, np.ones((5, 2, 3), np.float32))):
        column = column_of(given_values, kind)
        array = to_numpy(column, kind, nullable=False)
        assert np.array_equal(array, given_values)
        assert np.shares_memory(array, to_numpy(column, kind, nullable=False))
        assert not array.flags.writeable


def test_slices_and_chunks_are_followed() -> None:
    for kind, given_values in (
        (Scalar("int16"), np.arange(6, dtype=np.int16)),
        (Scalar("bool"), np.array([True, False] * 3)),
        (GRID, np.arange(36, dtype=np.float32).reshape(6, 2, 3)),
        (Tensor(Scalar("bool"), (3,)), np.arange(18).reshape(6, 3) % 2 == 0),
    ):
        column = column_of(given_values, kind)
        assert np.array_equal(to_numpy(column.slice(2, 3), kind, nullable=False), given_values[2:5])
        chunks = pa.chunked_array([*column.slice(0, 2).chunks, *column.slice(2).chunks])
        assert np.array_equal(to_numpy(chunks, kind, nullable=False), given_values)
        nothing = to_numpy(pa.chunked_array([], column.type), kind, nullable=True)
        assert nothing.shape == (0, *given_values.shape[1:])


def test_null_rows_are_masked_over_zeros() -> None:
    array = to_numpy(column_of([1, None, 3], Scalar("int8")), Scalar("int8"), nullable=True)
    assert isinstance(array, np.ma.MaskedArray)
    assert (array.data.tolist(), array.mask.tolist(), array.dtype) == ([1, 0, 3], [False, True, False], np.int8)
    assert array.filled().tolist() == [1, 0, 3]
    grids = to_numpy(column_of([np.ones((2, 3)), None], GRID), GRID, nullable=True)
    assert grids.shape == grids.mask.shape == (2, 2, 3)
    assert grids.mask.tolist() == [[[False] * 3] * 2, [[True] * 3] * 2]
    assert not grids.data[1].any()
    whole = to_numpy(column_of([1], Scalar("int8")), Scalar("int8"), nullable=True)
    assert whole.mask.tolist() == [False]


@pytest.mark.parametrize(
    ("kind", "value", "dtype", "expected"),
    [
        (Scalar("string"), "é", "O", "é"),
        (Scalar("bytes"), b"a", "O", b"a"),
        (Scalar("decimal", precision=5, scale=2), Decimal("1.5"), "O", Decimal("1.5")),
        (Scalar("decimal", precision=40, scale=2), Decimal("1.5"), "O", Decimal("1.5")),
        (Scalar("date"), date(2020, 1, 1), "M8[D]", np.datetime64("2020-01-01")),
        (Scalar("timestamp"), datetime(2020, 1, 1), "M8[us]", np.datetime64("2020-01-01", "us")),
        (Scalar("timestamp", timezone="Asia/Tokyo"), datetime(2020, 1, 1, tzinfo=UTC), "M8[us]",
         np.datetime64("2020-01-01", "us")),
        (Scalar("duration"), timedelta(1), "m8[us]", np.timedelta64(1, "D")),
        (Scalar("bool"), True, "?", True),
        (Scalar("float16"), 0.5, "f2", 0.5),
    ],
)  # fmt: skip
def test_dtypes(kind: FeatureType, value: object, dtype: str, expected: object) -> None:
    array = to_numpy(column_of([value], kind), kind, nullable=False)
    assert array.dtype == np.dtype(dtype)
    assert array[0] == expected
    masked = to_numpy(column_of([value, None], kind), kind, nullable=True)
    assert masked.mask.tolist() == [False, True]
    assert masked[0] == expected


def test_tensors_with_a_free_axis_are_arrays_of_their_own() -> None:
    kind = Tensor(Scalar("int16"), (-1, 2))
    column = column_of([[[1, 2]], None, [], [[3, 4], [5, 6]]], kind)
    array = to_numpy(column, kind, nullable=True)
    assert array.dtype == object
    assert [None if cell is None else (cell.tolist(), cell.shape) for cell in array.data] == [
        ([[1, 2]], (1, 2)),
        None,
        ([], (0, 2)),
        ([[3, 4], [5, 6]], (2, 2)),
    ]
    assert array.data[0].dtype == np.int16
    assert to_numpy(column.slice(3), kind, nullable=False)[0].tolist() == [[3, 4], [5, 6]]


@given(given_rows=tables_of(WHOLE))
@settings(max_examples=40, deadline=None)
def test_rows_come_back_as_they_were_given(given_rows: list[dict[str, Any]]) -> None:
    ordered = [{one.name: in_order(row[one.name], one.type) for one in WHOLE.features} for row in given_rows]
    assert repr(list(rows(table_of(given_rows, WHOLE), WHOLE))) == repr(ordered)


def test_rows_follow_the_catalog_not_the_table() -> None:
    catalog = catalog_of(**{"mean radius": Scalar("float16"), "n": Scalar("int8")})
    table = table_of({"mean radius": [0.5], "n": [1]}, catalog)
    (row,) = rows(table.select(["n", "mean radius"]), catalog)
    assert list(row.items()) == [("mean radius", 0.5), ("n", 1)]
    assert type(row["mean radius"]) is float


MIXED = catalog_of(
    n=(Scalar("int8"), NULLABLE),
    m=Scalar("int8"),
    b=(Scalar("bool"), NULLABLE),
    f=(Scalar("float32"), NULLABLE),
    s=(Scalar("string"), NULLABLE),
    t=Scalar("timestamp", timezone="Europe/Paris"),
    g=(GRID, NULLABLE),
    v=(Tensor(Scalar("uint8"), (-1, -1)), NULLABLE),
)
TWO_ROWS = {
    "n": [1, None],
    "m": [1, 2],
    "b": [True, None],
    "f": [0.5, None],
    "s": ["a", None],
    "t": [datetime(2020, 1, 1, tzinfo=UTC)] * 2,
    "g": [np.ones((2, 3)), None],
    "v": [np.ones((3, 1), np.uint8), None],
}


def test_pandas_dtypes_are_those_of_its_users() -> None:
    frame = to_pandas(table_of(TWO_ROWS, MIXED), MIXED)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "n": "Int8",
        "m": "int8",
        "b": "boolean",
        "f": "float32",
        "s": str(pd.Series(["a"]).dtype),
        "t": "datetime64[us, Europe/Paris]",
        "g": "object",
        "v": "object",
    }
    assert frame["g"][0].shape == (2, 3)
    assert frame["v"][0].shape == (3, 1)
    assert frame["n"].isna().tolist() == frame["g"].isna().tolist() == frame["f"].isna().tolist() == [False, True]
    frame.loc[0, "m"] = 5  # the frame owns its memory
    assert frame["m"].tolist() == [5, 2]


def test_polars_tensors_have_their_shape() -> None:
    frame = to_polars(table_of(TWO_ROWS, MIXED), MIXED)
    assert frame.schema["g"] == pl.Array(pl.Float32, (2, 3))
    assert frame.schema["v"] == pl.List(pl.List(pl.UInt8))
    assert frame.schema["t"] == pl.Datetime("us", "Europe/Paris")
    assert frame["v"].to_list() == [[[1], [1], [1]], None]
    assert frame.null_count().row(0) == (1, 0, 1, 1, 1, 0, 1, 1)


def test_frames_of_no_rows_keep_their_types() -> None:
    table = table_of(TWO_ROWS, MIXED).slice(0, 0)
    whole = table_of(TWO_ROWS, MIXED)
    for empty in (table, pa.Table.from_batches([], table.schema)):
        assert to_polars(empty, MIXED).schema == to_polars(whole, MIXED).schema
        assert to_pandas(empty, MIXED).dtypes.to_dict() == to_pandas(whole, MIXED).dtypes.to_dict()


def test_a_zoned_timestamp_comes_back_in_its_zone() -> None:
    (first, _) = rows(table_of(TWO_ROWS, MIXED), MIXED)
    assert first["t"] == datetime(2020, 1, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(("library", "convert"), [("pandas", to_pandas), ("polars", to_polars)])
def test_a_missing_library_is_named(library: str, convert: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(AskError, match=rf"{library} is not installed\n  fix: pip install 'jeyn\[{library}\]'"):
        convert(table_of({"n": [1]}, catalog_of(n=Scalar("int8"))), catalog_of(n=Scalar("int8")))


def test_the_package_does_not_import_optional_libraries() -> None:
    script = (
        f"import sys, {columns.__name__}, jeyn.conformance.ingest, jeyn.conformance.report, jeyn.conformance.content\n"
    )
    loaded = "print(sorted({'pandas', 'polars', 'pydantic', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script + loaded], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
