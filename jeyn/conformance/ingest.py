"""Any tabular data as record batches that have a catalog's exact schema."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pyarrow as pa

from jeyn.conformance.arrow import arrow_schema
from jeyn.conformance.blocks import Block, blocks
from jeyn.conformance.misfit import Misfit
from jeyn.conformance.report import misfit_error
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import FeatureType, List, Struct, Tensor, item_of

#: The bounds of one batch: rows, and bytes of memory.
BATCH_ROWS = 524_288
BATCH_BYTES = 64 * 2**20


def record_batches(data: object, catalog: DataCatalog) -> Iterator[pa.RecordBatch]:
    """Data as batches of `arrow_schema(catalog)`, in order, each within BATCH_ROWS and about BATCH_BYTES.

    Taken are pandas and polars frames, Arrow tables, batches, readers and whatever exports an Arrow stream,
    iterables of such, mappings of columns (numpy arrays have the shape (rows, *tensor shape)), and iterables of
    rows (mappings, or pydantic models by alias). Streams are read as batches are asked for.

    Values are converted only where none changes: a `float64` becomes a `float32` if that can hold it. Null is None,
    a masked value, NaT, and what pandas calls missing, but NaN stays NaN in a pandas column of a float feature that
    is not nullable. Constraints are `Checker`'s affair, nulls in a feature that is not nullable included.

    ConformanceError for missing and extra features, and for the first value of each feature that is not of its
    dtype or shape; rows are counted from 0 over all of `data`.
    """
    schema, row_bytes = arrow_schema(catalog), sum(_bytes(feature.type) for feature in catalog.features)
    done = 0
    for block in blocks(data, catalog):
        rows = len(next(iter(block.values()), ()))
        given_bytes = sum(column.bytes for column in block.values()) // max(rows, 1)
        step = max(1, min(BATCH_ROWS, BATCH_BYTES // max(row_bytes, given_bytes, 1)))
        for start in range(0, rows, step):
            arrays = _arrays(block, catalog, start, min(start + step, rows), done)
            yield from _bounded(pa.RecordBatch.from_arrays(arrays, schema=schema))
        done += rows


def _arrays(block: Block, catalog: DataCatalog, start: int, stop: int, done: int) -> list[pa.Array]:
    arrays, misfits = [], []
    for feature in catalog.features:
        try:
            arrays.append(block[feature.name].part(start, stop, feature))
        except Misfit as misfit:
            misfits.append((feature, done + start + misfit.row, misfit))
    if misfits:
        raise misfit_error(catalog, misfits)
    return arrays


def _bounded(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in slices of about BATCH_BYTES: only a conversion tells how large Python's objects are."""
    pieces = min(-(-batch.nbytes // BATCH_BYTES), batch.num_rows)
    if pieces <= 1:
        yield batch
        return
    step = -(-batch.num_rows // pieces)
    for start in range(0, batch.num_rows, step):
        yield batch.slice(start, step)


def _bytes(kind: FeatureType) -> int:
    """How many bytes a row takes, roughly; what its dtype does not tell counts as 8, a free axis or a list as 1."""
    match kind:
        case Struct(fields):
            return sum(_bytes(field.type) for field in fields)
        case List(item):
            return _bytes(item.type)
    bits = "".join(filter(str.isdigit, item_of(kind).dtype)) or "64"
    axes = kind.shape if isinstance(kind, Tensor) else ()
    return int(bits) // 8 * math.prod(max(axis, 1) for axis in axes)
