"""Either of two minor versions of a catalog reads the batches of the other."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drawn_rows import NULLABLE, catalog_of

from jeyn.conformance.columns import rows
from jeyn.conformance.ingest import record_batches
from jeyn.conformance.versions import in_version
from jeyn.errors import ConformanceError
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import ITEM, Feature, FeatureType, List, Scalar, Struct, Tensor

INT = Scalar("int8")


def fields(**kinds: FeatureType) -> tuple[Feature, ...]:
    return tuple(Feature(name, kind, NULLABLE) for name, kind in kinds.items())


OLD = catalog_of(a=INT, s=(Struct(fields(x=INT)), NULLABLE), v=(List(Feature(ITEM, Struct(fields(x=INT)))), NULLABLE))
NEW = catalog_of(
    a=INT,
    s=(Struct(fields(y=Tensor(INT, (2,)), x=INT)), NULLABLE),
    v=(List(Feature(ITEM, Struct(fields(x=INT, y=Scalar("string"))))), NULLABLE),
    b=(Scalar("string"), NULLABLE),
)
OLD_ROWS: list[dict[str, Any]] = [
    {"a": 1, "s": {"x": 1}, "v": [{"x": 1}, {"x": None}]},
    {"a": 2, "s": None, "v": None},
    {"a": 3, "s": {"x": None}, "v": []},
]
NEW_ROWS: list[dict[str, Any]] = [
    {"a": 1, "s": {"y": None, "x": 1}, "v": [{"x": 1, "y": None}, {"x": None, "y": None}], "b": None},
    {"a": 2, "s": None, "v": None, "b": None},
    {"a": 3, "s": {"y": None, "x": None}, "v": [], "b": None},
]


def read(data: list[dict[str, Any]], written: DataCatalog, wanted: DataCatalog) -> list[dict[str, Any]]:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_batches(list(record_batches(data, written))), file)
    parts = pq.ParquetFile(file).iter_batches(batch_size=2)
    table = pa.Table.from_batches(list(record_batches((in_version(part, wanted) for part in parts), wanted)))
    table.validate(full=True)
    return list(rows(table, wanted))


def test_the_newer_reads_the_older() -> None:
    assert read(OLD_ROWS, OLD, NEW) == NEW_ROWS


def test_the_older_reads_the_newer() -> None:
    full = [{**NEW_ROWS[0], "s": {"y": [1, 2], "x": 1}, "b": "new"}, *NEW_ROWS[1:]]
    assert read(full, NEW, OLD) == OLD_ROWS


def test_what_must_be_there_is_named() -> None:
    with pytest.raises(ConformanceError, match="missing: c"):
        read(OLD_ROWS, OLD, catalog_of(a=INT, c=INT))
    strict = catalog_of(s=(Struct((Feature("x", INT), Feature("z", INT))), NULLABLE))
    with pytest.raises(ConformanceError, match=r"s: fields x, z, broken in row 0: no z"):
        read(OLD_ROWS, OLD, strict)
