"""Equal values have equal digests whatever brought them; anything else has another."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drawn_rows import DEFINITION, KINDS, NULLABLE, WHOLE, catalog_of, digest_of, rows_of, table_of, tables_of, values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jeyn.conformance.columns import rows, to_numpy, to_pandas, to_polars
from jeyn.conformance.content import ContentDigest
from jeyn.conformance.ingest import record_batches
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Family, Feature, FeatureType, List, Scalar, Struct, Tensor

Rows = list[dict[str, Any]]
drawn = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def through_numpy(table: pa.Table) -> object:
    columns = {}
    for feature in WHOLE.features:
        if isinstance(feature.type, Scalar) and feature.type.timezone:
            columns[feature.name] = table.column(feature.name)  # numpy has no zones, and Jeyn does not guess them
        else:
            columns[feature.name] = to_numpy(table.column(feature.name), feature.type, feature.constraints.nullable)
    return columns


def through_parquet(table: pa.Table) -> object:
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=2, compression="zstd", use_dictionary=False)
    return pq.read_table(file)


def through_polars_parquet(table: pa.Table) -> object:
    file = io.BytesIO()
    to_polars(table, WHOLE).write_parquet(file, row_group_size=3)
    return pq.ParquetFile(file).iter_batches(batch_size=2)


def through_parquet_read_by_polars(table: pa.Table) -> object:
    file = io.BytesIO()
    pq.write_table(table, file)
    file.seek(0)
    return pl.read_parquet(file)


WAYS: dict[str, Callable[[pa.Table], object]] = {
    "arrow table": lambda table: table,
    "arrow stream": pa.RecordBatchReader.from_stream,
    "one batch per row": lambda table: table.to_batches(max_chunksize=1),
    "two slices": lambda table: [table.slice(0, 1), table.slice(1)],
    "several chunks": lambda table: pa.concat_tables([table.slice(0, 1), table.slice(1)]),
    "features in another order": lambda table: table.select(table.column_names[::-1]),
    "numpy": through_numpy,
    "rows": lambda table: list(rows(table, WHOLE)),
    "rows as they come": lambda table: rows(table, WHOLE),
    "pandas": lambda table: to_pandas(table, WHOLE),
    "pandas columns": lambda table: dict(to_pandas(table, WHOLE).items()),
    "polars": lambda table: to_polars(table, WHOLE),
    "polars columns": lambda table: {series.name: series for series in to_polars(table, WHOLE)},
    "polars in chunks": lambda table: pl.concat([to_polars(table, WHOLE).slice(at, 1) for at in range(len(table))]),
    "polars, lazily": lambda table: to_polars(table, WHOLE).lazy(),
    "polars with Arrow's tensors": pl.from_arrow,
    "parquet": through_parquet,
    "parquet by polars": through_polars_parquet,
    "parquet read by polars": through_parquet_read_by_polars,
}


@given(given_rows=tables_of(WHOLE))
@drawn
def test_the_digest_is_the_same_through_every_library(given_rows: Rows) -> None:
    expected = digest_of(given_rows, WHOLE)
    table = table_of(given_rows, WHOLE)
    assert {name: digest_of(way(table), WHOLE) for name, way in WAYS.items()} == dict.fromkeys(WAYS, expected)


@given(given_rows=tables_of(WHOLE))
@drawn
def test_the_digest_is_what_the_documented_format_says(given_rows: Rows) -> None:
    assert digest_of(given_rows, WHOLE) == documented_digest(given_rows, WHOLE)


@given(given_rows=tables_of(WHOLE), data=st.data())
@drawn
def test_any_changed_value_changes_the_digest(given_rows: Rows, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(given_rows) - 1))
    feature = data.draw(st.sampled_from(WHOLE.features))
    name, held = feature.name, given_rows[row][feature.name]
    differs = values(feature).filter(lambda other: repr(other) != repr(held) and not same_when_empty(name, other, held))
    other = data.draw(differs)
    changed = [dict(kept) for kept in given_rows]
    changed[row][name] = other
    assert digest_of(changed, WHOLE) != digest_of(given_rows, WHOLE)


@given(given_rows=st.lists(rows_of(WHOLE), min_size=2, max_size=4, unique_by=repr))
@drawn
def test_the_order_of_rows_counts(given_rows: Rows) -> None:
    assert digest_of(given_rows[::-1], WHOLE) != digest_of(given_rows, WHOLE)


@given(given_rows=tables_of(WHOLE))
@drawn
def test_a_row_more_changes_the_digest(given_rows: Rows) -> None:
    nothing = {feature.name: None for feature in WHOLE.features}
    assert digest_of([*given_rows, {**nothing, "weight": 0.0}], WHOLE) != digest_of(given_rows, WHOLE)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Scalar("float64"), [0.0], [-0.0]),
        (Scalar("string"), ["ab", "c"], ["a", "bc"]),
        (Scalar("string"), [""], [None]),
        (Scalar("int8"), [0], [None]),
        (Scalar("bytes"), [b"\0"], [b""]),
        (Tensor(Scalar("int8"), (-1, -1)), [[[1, 2, 3], [4, 5, 6]]], [[[1, 2], [3, 4], [5, 6]]]),
        (Tensor(Scalar("int8"), (-1,)), [[]], [None]),
        (Tensor(Scalar("int8"), (2,)), [[0, 0]], [None]),
    ],
)
def test_values_that_look_alike_are_told_apart(kind: FeatureType, one: list[Any], other: list[Any]) -> None:
    catalog = catalog_of(x=(kind, NULLABLE))
    assert digest_of({"x": one}, catalog) != digest_of({"x": other}, catalog)


def test_free_axes_behind_an_empty_one_are_empty_in_every_form() -> None:
    catalog = catalog_of(x=Tensor(Scalar("int8"), (-1, -1)))
    forms = (np.zeros((1, 0, 3), np.int8), [np.zeros((0, 3), np.int8)], [[]], np.zeros((1, 0, 0), np.int8))
    assert len({digest_of({"x": form}, catalog) for form in forms}) == 1


@pytest.mark.parametrize(("dtype", "bits"), [("float16", "u2"), ("float32", "u4"), ("float64", "u8")])
def test_every_nan_is_one_nan(dtype: str, bits: str) -> None:
    plain = np.array([np.nan, 1.0], dtype)
    odd = plain.view(bits).copy()
    odd[0] |= 1 | 1 << (odd.itemsize * 8 - 1)  # a payload and a sign
    catalog = catalog_of(x=Scalar(dtype))
    assert digest_of({"x": odd.view(dtype)}, catalog) == digest_of({"x": plain}, catalog)


def test_what_stands_in_null_slots_does_not_count() -> None:
    catalog = catalog_of(x=(Scalar("int64"), NULLABLE), s=(Scalar("string"), NULLABLE))
    validity = pa.py_buffer(b"\x05")  # rows 0 and 2
    texts = [validity, pa.py_buffer(np.array([0, 1, 4, 5], np.int32)), pa.py_buffer(b"axyzb")]
    dirty = {
        "x": pa.Array.from_buffers(pa.int64(), 3, [validity, pa.py_buffer(np.array([1, 77, 3]))]),
        "s": pa.Array.from_buffers(pa.string(), 3, texts),
    }
    assert digest_of(dirty, catalog) == digest_of({"x": [1, None, 3], "s": ["a", None, "b"]}, catalog)


def test_the_order_of_features_does_not_count_but_their_names_and_the_definition_do() -> None:
    one, other = Feature("a", Scalar("int8")), Feature("b", Scalar("int8"))
    forth = DataCatalog("c", WHOLE.version, (one, other))
    back = DataCatalog("c", WHOLE.version, (other, one))
    data = {"a": [1], "b": [2]}
    assert digest_of(data, forth) == digest_of(data, back) != digest_of({"a": [2], "b": [1]}, forth)
    elsewhere = ContentDigest(forth, f"sha256:{'1' * 64}")
    for batch in record_batches(data, forth):
        elsewhere.update(batch)
    assert elsewhere.hexdigest() != digest_of(data, forth)


def test_a_batch_of_other_features_is_a_bug() -> None:
    with pytest.raises(ValueError, match="other features"):
        ContentDigest(catalog_of(a=Scalar("int8")), DEFINITION).update(pa.record_batch({"b": [1]}))


def documented_digest(given_rows: Rows, catalog: DataCatalog) -> str:
    """The format of `jeyn.conformance.content` once more, value by value."""
    whole = b"jeyn.batch/1\n" + DEFINITION.encode() + b"\n" + struct.pack("<q", len(given_rows))
    for feature in sorted(catalog.features, key=lambda feature: feature.name):
        whole += documented_name(feature.name)
        whole += documented_digests([row[feature.name] for row in given_rows], feature.type)
    return f"sha256:{hashlib.sha256(whole).hexdigest()}"


def documented_name(name: str) -> bytes:
    return struct.pack("<q", len(name.encode())) + name.encode()


def documented_digests(column: list[Any], kind: FeatureType) -> bytes:
    nulls = b"".join(struct.pack("<q", row) for row, value in enumerate(column) if value is None)
    held = [value for value in column if value is not None]
    match kind:
        case Struct(fields):
            lengths, numbers = b"", b""
            for field in sorted(fields, key=lambda field: field.name):
                numbers += documented_name(field.name)
                numbers += documented_digests([value[field.name] for value in held], field.type)
        case List(item):
            lengths = b"".join(struct.pack("<q", len(value or [])) for value in column)
            numbers = documented_name("") + documented_digests([one for value in held for one in value], item.type)
        case _:
            lengths = b"".join(documented_lengths(value, kind) for value in column)
            numbers = b"".join(documented_bytes(value, kind) for value in column)
    return b"".join(hashlib.sha256(stream).digest() for stream in (nulls, lengths, numbers))


def documented_lengths(value: Any, kind: Scalar | Tensor) -> bytes:
    if isinstance(kind, Tensor):
        shape = [0] * len(kind.shape) if value is None else shape_of(value, kind)
        return b"" if kind.is_fixed else struct.pack(f"<{len(shape)}q", *shape)
    if kind.family is Family.STRING:
        return struct.pack("<q", len((value or "").encode()))
    return struct.pack("<q", len(value or b"")) if kind.family is Family.BYTES else b""


def documented_bytes(value: Any, kind: Scalar | Tensor) -> bytes:
    if isinstance(kind, Tensor):
        if value is None:
            return b"" if not kind.is_fixed else bytes(len(number_bytes(0, kind.item.dtype)) * kind.size)
        return b"".join(number_bytes(number, kind.item.dtype) for number in leaves(value))
    match kind.family:
        case Family.STRING:
            return (value or "").encode()
        case Family.BYTES:
            return value or b""
        case Family.DATE:
            return struct.pack("<i", 0 if value is None else (value - date(1970, 1, 1)).days)
        case Family.TIMESTAMP:
            epoch = datetime.fromisoformat("1970-01-01T00:00+00:00" if kind.timezone else "1970-01-01T00:00")
            return struct.pack("<q", 0 if value is None else (value - epoch) // timedelta(microseconds=1))
        case Family.DURATION:
            return struct.pack("<q", 0 if value is None else value // timedelta(microseconds=1))
        case Family.DECIMAL:
            return int(Decimal(value or 0).scaleb(kind.scale)).to_bytes(16, "little", signed=True)
    return number_bytes(value or 0 if value != 0 else value, kind.dtype)


def number_bytes(value: Any, dtype: str) -> bytes:
    if dtype.startswith("float") and value != value:
        return {"16": b"\x00\x7e", "32": b"\x00\x00\xc0\x7f", "64": b"\0\0\0\0\0\0\xf8\x7f"}[dtype[5:]]
    code = {"float16": "e", "float32": "f", "float64": "d", "bool": "?"}
    integers = dict(zip(["8", "16", "32", "64"], "bhiq", strict=True))
    if dtype in code:
        return struct.pack(f"<{code[dtype]}", value)
    letter = integers[dtype.lstrip("uint")]
    return struct.pack(f"<{letter.upper() if dtype.startswith('u') else letter}", value)


def shape_of(value: Any, kind: Tensor) -> list[int]:
    """The shape of nested lists; behind an axis of length 0, a declared axis keeps its length and a free one is 0."""
    shape: list[int] = []
    for axis in kind.shape:
        if shape and 0 in shape:
            shape.append(max(axis, 0))
        else:
            shape.append(len(value))
            value = value[0] if value else value
    return shape


def leaves(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]


def same_when_empty(name: str, one: Any, other: Any) -> bool:
    """Whether two tensors differ in nothing: both hold no numbers and have one shape as nested lists tell it."""
    kind = KINDS.get(name)
    if not isinstance(kind, Tensor) or one is None or other is None or leaves(one) or leaves(other):
        return False
    return shape_of(one, kind) == shape_of(other, kind)
