"""Which forms of a value are taken, and which are refused because they would change it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from drawn_rows import NULLABLE, catalog_of, digest_of, table_of
from pydantic import BaseModel, ConfigDict, Field

from jeyn.conformance.arrow import arrow_schema
from jeyn.conformance.columns import rows
from jeyn.errors import ConformanceError
from jeyn.model.types import FeatureType, Scalar, Tensor

WALL = Scalar("timestamp")
ZONED = Scalar("timestamp", timezone="UTC")
PRICE = Scalar("decimal", precision=5, scale=2)
GRID = Tensor(Scalar("float32"), (2, 2))
SERIES = Tensor(Scalar("int8"), (-1,))
NOON = datetime(2020, 1, 1, 12)
DAY = date(2020, 1, 1)


class Colour(enum.Enum):
    RED = "red"


def ns(count: int) -> pa.Array:
    return pa.array([count], pa.timestamp("ns"))


def free_storage(numbers: list[int], shapes: list[list[int]]) -> pa.Array:
    """Two tensors, as `arrow.variable_shape_tensor` stores them: the first has one number, the second the rest."""
    data = pa.ListArray.from_arrays(pa.array([0, 1, len(numbers)], pa.int32()), pa.array(numbers, pa.int8()))
    return pa.StructArray.from_arrays(
        [data, pa.array(shapes, pa.list_(pa.int32(), len(shapes[0])))], names=["data", "shape"]
    )


TAKEN: list[tuple[FeatureType, object, list[object]]] = [
    (Scalar("int8"), pa.array([1, -128], pa.int64()), [1, -128]),
    (Scalar("uint64"), [2**64 - 1], [2**64 - 1]),
    (Scalar("int64"), np.array([3], ">i4"), [3]),
    (Scalar("int64"), [np.int8(3), 4], [3, 4]),
    (Scalar("int32"), pd.Series([1, 2], dtype="Int8"), [1, 2]),
    (Scalar("int32"), pd.Categorical([7, 8]), [7, 8]),
    (Scalar("int32"), pc.run_end_encode(pa.array([5, 5])), [5, 5]),
    (Scalar("int64"), pl.Series([2**62], dtype=pl.Int128), [2**62]),
    (Scalar("bytes"), pl.Series([b"a"], dtype=pl.Object), [b"a"]),
    (Scalar("bool"), np.array([True]), [True]),
    (Scalar("float32"), [0.5, float("inf")], [0.5, float("inf")]),
    (Scalar("float32"), pa.array([0.5], pa.float64()), [0.5]),
    (Scalar("float16"), np.array([1.5]), [1.5]),
    (Scalar("float64"), pa.array([2**60], pa.int64()), [2.0**60]),
    (Scalar("float64"), [2**60, 0.5], [2.0**60, 0.5]),
    (Scalar("float64"), pa.array([2**63], pa.uint64()), [2.0**63]),
    (Scalar("float32"), range(3), [0.0, 1.0, 2.0]),
    (Scalar("string"), pa.array(["a"], pa.large_string()), ["a"]),
    (Scalar("string"), pa.array(["a"], pa.string_view()), ["a"]),
    (Scalar("string"), pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
    (Scalar("string"), pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
    (Scalar("string"), pd.Series(["a"], dtype=object), ["a"]),
    (Scalar("string"), pl.Series(["a"], dtype=pl.Categorical), ["a"]),
    (Scalar("string"), pl.Series(["a"], dtype=pl.Enum(["b", "a"])), ["a"]),
    (Scalar("string"), np.array(["é", "ab"]), ["é", "ab"]),
    (Scalar("string"), [Colour.RED], ["red"]),
    (Scalar("bytes"), pa.array([b"ab"], pa.binary(2)), [b"ab"]),
    (Scalar("bytes"), [bytearray(b"a"), memoryview(b"b")], [b"a", b"b"]),
    (Scalar("date"), np.array(["2020-01-01"], "M8[D]"), [DAY]),
    (Scalar("date"), np.array(["2020-01"], "M8[M]"), [DAY]),
    (Scalar("date"), pd.Series([pd.Timestamp(2020, 1, 1)]), [DAY]),
    (Scalar("date"), pa.array([DAY], pa.date64()), [DAY]),
    (WALL, ns(1000), [datetime(1970, 1, 1, 0, 0, 0, 1)]),
    (WALL, np.array(["2020-01-01T12"], "M8[h]"), [NOON]),
    (WALL, np.array(["2020-01-01"], "M8[D]"), [datetime(2020, 1, 1)]),
    (WALL, [np.datetime64(NOON)], [NOON]),
    (WALL, [pd.Timestamp(NOON)], [NOON]),
    (ZONED, [NOON.astimezone(UTC)], [NOON.astimezone(UTC)]),
    (ZONED, pd.Series([NOON]).dt.tz_localize("Asia/Tokyo"), [datetime(2020, 1, 1, 3, tzinfo=UTC)]),
    (Scalar("duration"), np.array([2], "m8[m]"), [timedelta(minutes=2)]),
    (Scalar("duration"), [np.timedelta64(1, "D")], [timedelta(days=1)]),
    (PRICE, [Decimal("1.5"), Decimal("-999.99")], [Decimal("1.50"), Decimal("-999.99")]),
    (PRICE, pa.array([Decimal("1.500")], pa.decimal128(20, 3)), [Decimal("1.50")]),
    (PRICE, pl.Series([Decimal("1.5")]), [Decimal("1.50")]),
    (Scalar("decimal", precision=50, scale=0), [Decimal(10**49)], [Decimal(10**49)]),
    (GRID, np.arange(4).reshape(1, 2, 2), [[[0, 1], [2, 3]]]),
    (GRID, np.arange(8).reshape(1, 2, 4)[:, :, ::2], [[[0, 2], [4, 6]]]),
    (GRID, [np.eye(2), [[1, 2], [3, 4]]], [[[1, 0], [0, 1]], [[1, 2], [3, 4]]]),
    (GRID, [((1, 2), (3, 4))], [[[1, 2], [3, 4]]]),
    (GRID, pd.Series([np.eye(2), np.eye(2)]), [[[1, 0], [0, 1]]] * 2),
    (GRID, pd.Series([np.array([np.array([1.0, 2]), np.array([3.0, 4])], dtype=object)]), [[[1, 2], [3, 4]]]),
    (GRID, pl.Series([[[1.0, 2.0], [3.0, 4.0]]], dtype=pl.Array(pl.Float64, (2, 2))), [[[1, 2], [3, 4]]]),
    (GRID, pl.Series([[[1, 2], [3, 4]]]), [[[1, 2], [3, 4]]]),
    (GRID, pa.array([[1.0, 2, 3, 4]], pa.list_(pa.float64(), 4)), [[[1, 2], [3, 4]]]),
    (GRID, pa.array([[1.0, 2, 3, 4]], pa.large_list(pa.float64())), [[[1, 2], [3, 4]]]),
    (GRID, pa.array([[1, 2, 3, 4]], pa.list_view(pa.int8())), [[[1, 2], [3, 4]]]),
    (GRID, pa.FixedShapeTensorArray.from_numpy_ndarray(np.ones((1, 2, 2))), [[[1, 1], [1, 1]]]),
    (Tensor(Scalar("uint64"), (-1,)), [[2**64 - 1], []], [[2**64 - 1], []]),
    (Tensor(Scalar("uint64"), (2,)), [[0, 2**63], [2**63, 1]], [[0, 2**63], [2**63, 1]]),
    (Tensor(Scalar("uint64"), (-1, -1)), [[[2**63]], [], [[], []]], [[[2**63]], [], [[], []]]),
    (Tensor(Scalar("uint64"), (-1, 2)), [[[2**63, 0]], []], [[[2**63, 0]], []]),
    (Tensor(Scalar("int8"), (-1, 2)), [[], np.zeros((0, 2)), [[1, 2]]][:1], [[]]),
    (Tensor(Scalar("int8"), (-1, 2)), np.zeros((2, 0, 2), np.int64), [[], []]),
    (SERIES, free_storage([1, 2, 3], [[1], [2]]), [[1], [2, 3]]),
    (Tensor(Scalar("int8"), (-1, -1)), [[[], []], [[1]]], [[[], []], [[1]]]),
    (Tensor(Scalar("int8"), (-1, -1)), [np.ones((1, 2), np.int8), np.ones((2, 1), np.uint64)], [[[1, 1]], [[1], [1]]]),
]


def _named(value):
    """An id that is the same in every process: no address in it."""
    return re.sub(r"0x[0-9a-f]+", "0x", str(value))


@pytest.mark.parametrize(("kind", "given", "expected"), TAKEN, ids=_named)
def test_what_stays_the_same_is_taken(kind: FeatureType, given: object, expected: list[object]) -> None:
    catalog = catalog_of(x=kind)
    table = table_of({"x": given}, catalog)
    assert table.schema.equals(arrow_schema(catalog), check_metadata=True)
    assert [row["x"] for row in rows(table, catalog)] == expected


REFUSED: list[tuple[FeatureType, object, str, int, str]] = [
    (Scalar("int8"), [1, 2, 128], "dtype int8", 2, "128"),
    (Scalar("uint8"), pa.array([1, -1]), "dtype uint8", 1, "-1"),
    (Scalar("int64"), [1, 1.0], "dtype int64", 1, "1.0"),
    (Scalar("int64"), np.array([1.0]), "dtype int64", 0, "1.0"),
    (Scalar("int64"), [1, True], "dtype int64", 1, "True"),
    (Scalar("int64"), [None, "1"], "dtype int64", 1, "'1'"),
    (Scalar("int64"), [np.timedelta64(1, "s")], "dtype int64", 0, "1 seconds (timedelta64)"),
    (Scalar("int64"), pd.Series(pd.period_range("2020", periods=1)), "dtype int64", 0, "period"),
    (Scalar("int64"), pd.Series(pd.arrays.SparseArray([7])), "dtype int64", 0, "7 (Sparse"),
    (Scalar("int64"), pd.Series([1j]), "dtype int64", 0, "1j"),
    (Scalar("int8"), pl.Series([1, 2**70], dtype=pl.Int128), "dtype int8", 1, "1180591620717411303424"),
    (Scalar("bytes"), pl.Series([object()], dtype=pl.Object), "dtype bytes", 0, "object"),
    (Scalar("bool"), [0, 1], "dtype bool", 0, "0"),
    (Scalar("float32"), [0.5, 0.1], "dtype float32", 1, "0.1"),
    (Scalar("float32"), pa.array([None, 0.1, 0.2]), "dtype float32", 1, "0.1"),
    (Scalar("float32"), [1e300], "dtype float32", 0, "1e+300"),
    (Scalar("float16"), [2049], "dtype float16", 0, "2049"),
    (Scalar("float64"), [0.5, 2**53 + 1], "dtype float64", 1, str(2**53 + 1)),
    (Scalar("float64"), pa.array([2**63 - 1]), "dtype float64", 0, str(2**63 - 1)),
    (Scalar("float64"), pa.array([2**64 - 1], pa.uint64()), "dtype float64", 0, str(2**64 - 1)),
    (Scalar("float64"), [10**400], "dtype float64", 0, "1000"),
    (Scalar("float64"), np.array([0.1], np.longdouble), "dtype float64", 0, "0.1"),
    (Scalar("float64"), [Decimal("0.1")], "dtype float64", 0, "Decimal"),
    (Scalar("string"), ["a", b"b"], "dtype string", 1, "b'b'"),
    (Scalar("string"), ["a", 1], "dtype string", 1, "1"),
    (Scalar("string"), ["a", "\ud800"], "dtype string", 1, "ud800"),
    (Scalar("bytes"), ["a"], "dtype bytes", 0, "'a'"),
    (Tensor(Scalar("uint64"), (2,)), [[0, 1], [0, 2**64]], "dtype uint64", 1, str(2**64)),
    (Tensor(Scalar("uint64"), (2,)), [[0, 1], [-1, 2**63]], "dtype uint64", 1, "-1"),
    (Scalar("date"), [DAY, NOON], "dtype date", 1, "2020-01-01 12:00:00"),
    (
        Scalar("date"),
        np.array(["2020-01-01T00", "2020-01-01T01"], "M8[h]"),
        "dtype date",
        1,
        "2020-01-01 01:00:00 (timestamp[s])",
    ),
    (WALL, [DAY], "dtype timestamp", 0, "2020-01-01 (date)"),
    (WALL, ns(1001), "dtype timestamp", 0, "000001001"),
    (WALL, [pd.Timestamp(1, unit="ns")], "dtype timestamp", 0, "000000001"),
    (WALL, [NOON, NOON.astimezone(UTC)], "dtype timestamp", 1, "2020-01-01 12:00:00+00:00"),
    (ZONED, [NOON], "dtype timestamp[UTC]", 0, "2020-01-01 12:00:00"),
    (ZONED, pd.Series([NOON]), "dtype timestamp[UTC]", 0, "2020-01-01 12:00:00"),
    (Scalar("duration"), pa.array([1500], pa.duration("ns")), "dtype duration", 0, "1500"),
    (Scalar("duration"), [pd.Timedelta(1, unit="ns")], "dtype duration", 0, "000000001"),
    (PRICE, [Decimal("1.5"), Decimal("1.555")], "dtype decimal(5, 2)", 1, "1.555"),
    (PRICE, [Decimal(1000)], "dtype decimal(5, 2)", 0, "1000"),
    (PRICE, [Decimal("NaN")], "dtype decimal(5, 2)", 0, "NaN"),
    (PRICE, [1.5], "dtype decimal(5, 2)", 0, "1.5"),
    (Scalar("int8"), np.zeros((2, 3)), "shape [] (one value per row)", 0, "[3]"),
    (Scalar("int8"), [[1]], "dtype int8", 0, "[1]"),
    (GRID, np.zeros((3, 4)), "shape [2, 2]", 0, "[4]"),
    (GRID, np.zeros((3, 2, 3)), "shape [2, 2]", 0, "[2, 3]"),
    (GRID, [np.eye(2), np.eye(3)], "shape [2, 2]", 1, "[3, 3]"),
    (GRID, [np.eye(2), None, np.ones(4)], "shape [2, 2]", 2, "[4]"),
    (GRID, [[[1, 2], [3, 4]], [[1, 2], [3]]], "shape [2, 2]", 1, "ragged"),
    (GRID, [[[1, 2], [3, 4]], None, [[1, 2]]], "shape [2, 2]", 2, "[1, 2]"),
    (GRID, [[[1, 2], [3, 4]], 5], "dtype float32", 1, "5"),
    (GRID, pa.array([1, 2]), "shape [2, 2]", 0, "1"),
    (GRID, ["abcd"], "dtype float32", 0, "abcd"),
    (GRID, pl.Series([[1, 2, 3]]), "shape [2, 2]", 0, "[1, 2, 3]"),
    (GRID, [[[[1], [2]], [[3], [4]]]], "shape [2, 2]", 0, "[1]"),
    (GRID, pa.FixedShapeTensorArray.from_numpy_ndarray(np.ones((1, 4, 1))), "shape [2, 2]", 0, "[4, 1]"),
    (
        GRID,
        pa.FixedShapeTensorArray.from_numpy_ndarray(np.ones((1, 2, 2)).transpose(0, 2, 1)),
        "shape [2, 2]",
        0,
        "perm",
    ),
    (GRID, [np.eye(2), None, np.full((2, 2), 0.1)], "dtype float32", 2, "0.1"),
    (GRID, [[[1, 2], [3, None]]], "dtype float32", 0, "null"),
    (GRID, [[[1, 2], None]], "dtype float32", 0, "null"),
    (
        GRID,
        np.ma.MaskedArray(np.ones((2, 2, 2)), mask=[[[0, 0], [0, 0]], [[1, 0], [0, 0]]]),
        "dtype float32",
        1,
        "part",
    ),
    (GRID, [np.eye(2), [[1, 2], [3]]], "shape [2, 2]", 1, "[[1, 2], [3]]"),
    (GRID, [np.eye(2), np.array([["a", "b"], ["c", "d"]])], "dtype float32", 1, "'a'"),
    (GRID, pa.FixedShapeTensorArray.from_numpy_ndarray(np.ones((1, 4))), "shape [2, 2]", 0, "[4]"),
    (SERIES, pa.array([None, {"a": 1}]), "dtype int8", 1, "{'a': 1}"),
    (SERIES, free_storage([1, 2, 3], [[1], [1]]), "shape [-1]", 1, "2 numbers as [1]"),
    (SERIES, free_storage([1, 2], [[1, 1], [1, 1]]), "shape [-1]", 0, "[1, 1]"),
    (Tensor(Scalar("int8"), (-1, 2)), [[[1, 2]], [[1, 2, 3]]], "shape [-1, 2]", 1, "[1, 3]"),
    (Tensor(Scalar("int8"), (-1,)), [[1], [1, 300]], "dtype int8", 1, "300"),
    (Tensor(Scalar("int8"), (-1,)), [[[1]]], "shape [-1]", 0, "[[1]]"),
    (Tensor(Scalar("float32"), (-1,)), [[2**64 - 1]], "dtype float32", 0, "18446744073709551615"),
]


@pytest.mark.parametrize(("kind", "given", "rule", "row", "value"), REFUSED, ids=_named)
def test_what_would_change_is_refused(kind: FeatureType, given: object, rule: str, row: int, value: str) -> None:
    with pytest.raises(ConformanceError) as refused:
        table_of({"x": given}, catalog_of(x=(kind, NULLABLE)))
    line = refused.value.message.splitlines()[1]
    assert line.startswith(f"  x: {rule}, broken in row {row}: ")
    assert value in line.partition("broken")[2]
    assert refused.value.fix


def test_rows_are_counted_over_the_whole_stream_and_all_features_are_told() -> None:
    catalog = catalog_of(a=Scalar("int8"), b=Scalar("int8"), c=Scalar("int8"))
    good = pa.table({"a": [1, 2], "b": [1, 2], "c": [1, 2]})
    bad = pa.table({"a": [1, 300], "b": [400, 1], "c": [0, 0]})
    with pytest.raises(ConformanceError, match=r"(?s)a: dtype int8, broken in row 3: 300.*b: .* row 2: 400"):
        table_of([good, bad], catalog)
    late = [{"a": 1, "b": 1, "c": 1}] * 10_000 + [{"a": 1, "b": 1, "c": "x"}]
    with pytest.raises(ConformanceError, match=r"c: dtype int8, broken in row 10000: 'x'"):
        table_of(late, catalog)


def test_missing_and_extra_features_are_told_at_once() -> None:
    catalog = catalog_of(a=Scalar("int8"), b=Scalar("int8"), c=Scalar("int8"))
    frame = pd.DataFrame({"a": [1], "d": [1], 5: [1]})
    for data in ({"a": [1], "d": [1], 5: [1]}, frame, [{"a": 1, "d": 1, 5: 1}]):
        with pytest.raises(ConformanceError, match=r"missing: b, c\n.*not in the catalog: d, 5\n"):
            table_of(data, catalog)
    with pytest.raises(ConformanceError, match="row 1 does not have"):
        table_of([{"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1}], catalog)
    twice = pa.Table.from_arrays([pa.array([1])] * 4, names=["a", "b", "c", "c"])
    with pytest.raises(ConformanceError, match="there more than once: c"):
        table_of(twice, catalog)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (5, "int is not data"),
        ("abc", "str is not data"),
        ([1, 2], "int is not data"),
        ([None, {"x": 1}], "NoneType is not data"),
        ({"x": 5}, "'x' is int"),
        ({"x": "abc"}, "'x' is str"),
        ({"x": {1, 2}}, "'x' is set"),
        ({"x": np.array(5)}, "'x' is ndarray"),
    ],
)
def test_what_is_no_table_is_refused(data: object, told: str) -> None:
    with pytest.raises(ConformanceError, match=told):
        table_of(data, catalog_of(x=Scalar("int8")))


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ConformanceError, match="a 2, b 1"):
        table_of({"a": [1, 2], "b": [1]}, catalog_of(a=Scalar("int8"), b=Scalar("int8")))


def test_pandas_says_null_in_many_ways() -> None:
    catalog = catalog_of(
        n=(Scalar("int8"), NULLABLE),
        f=(Scalar("float32"), NULLABLE),
        b=(Scalar("bool"), NULLABLE),
        s=(Scalar("string"), NULLABLE),
        t=(WALL, NULLABLE),
        g=(GRID, NULLABLE),
    )
    frame = pd.DataFrame(
        {
            "n": [1, np.nan, 3],
            "f": pd.Series([0.5, pd.NA, 1.5], dtype="Float64"),
            "b": [True, None, False],
            "s": pd.Series(["a", np.nan, "c"], dtype=object),
            "t": [pd.Timestamp(NOON), pd.NaT, pd.Timestamp(NOON)],
            "g": pd.Series([np.eye(2), np.nan, np.eye(2)], dtype=object),
        }
    )
    frame.index = pd.Index([9, 9, 4])
    table = table_of(frame, catalog)
    assert [column.null_count for column in table.columns] == [1] * 6
    assert list(rows(table, catalog))[1] == dict.fromkeys("nfbstg")
    nothing = [{"n": pd.NA, "f": pd.NA, "b": None, "s": pd.NA, "t": pd.NaT, "g": None}]
    assert list(rows(table_of(nothing, catalog), catalog)) == [dict.fromkeys("nfbstg")]


def test_nan_is_null_only_where_pandas_means_it() -> None:
    plain, nullable = catalog_of(x=Scalar("float64")), catalog_of(x=(Scalar("float64"), NULLABLE))
    frame = pd.DataFrame({"x": [1.0, np.nan]})
    assert table_of(frame, plain).column("x").null_count == 0
    assert table_of(frame.astype(object), plain).column("x").null_count == 0
    assert table_of(frame, nullable).column("x").null_count == 1
    assert table_of({"x": np.array([1.0, np.nan])}, nullable).column("x").null_count == 0
    assert table_of(pl.DataFrame({"x": [1.0, float("nan")]}), nullable).column("x").null_count == 0
    # A column of integers that is not nullable still tells where one is missing.
    assert table_of(frame, catalog_of(x=Scalar("int8"))).column("x").null_count == 1
    with pytest.raises(ConformanceError, match=r"x: dtype int8, broken in row 1: 1\.5"):
        table_of(pd.DataFrame({"x": [np.nan, 1.5]}), catalog_of(x=(Scalar("int8"), NULLABLE)))


class Measured(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    mean_radius: float = Field(alias="mean radius")
    grid: list[list[float]]


def test_rows_may_be_pydantic_models_by_alias() -> None:
    catalog = catalog_of(**{"mean radius": Scalar("float64"), "grid": GRID})
    models = [Measured(mean_radius=0.1, grid=[[1, 2], [3, 4]])] * 3
    plain: list[Mapping[str, Any]] = [{"mean radius": 0.1, "grid": [[1, 2], [3, 4]]}] * 3
    assert digest_of(models, catalog) == digest_of(plain, catalog) == digest_of(iter(models), catalog)


def test_masked_rows_are_null() -> None:
    catalog = catalog_of(x=(Scalar("int8"), NULLABLE), g=(GRID, NULLABLE))
    masked = {
        "x": np.ma.MaskedArray([1, 2], mask=[True, False]),
        "g": np.ma.MaskedArray(np.ones((2, 2, 2)), mask=np.arange(2).reshape(2, 1, 1) == np.ones((2, 2, 2))),
    }
    assert list(rows(table_of(masked, catalog), catalog)) == [
        {"x": None, "g": [[1, 1], [1, 1]]},
        {"x": 2, "g": None},
    ]


def test_no_rows_are_no_batches() -> None:
    catalog = catalog_of(x=Scalar("int8"), g=GRID)
    for data in ([], pd.DataFrame({"x": [], "g": []}), {"x": [], "g": []}, pl.DataFrame({"x": [], "g": []})):
        assert digest_of(data, catalog) == digest_of(arrow_schema(catalog).empty_table(), catalog)
