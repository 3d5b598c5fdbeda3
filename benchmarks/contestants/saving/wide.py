"""Rows of 16 float64 columns, 128 bytes each, as a table or as a stream."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

NAMES = [f"x{number}" for number in range(16)]
ROW_BYTES = 8 * len(NAMES)
SCHEMA = pa.schema([pa.field(name, pa.float64(), nullable=False) for name in NAMES])


def table(size: int) -> pa.Table:
    """A table of so many bytes."""
    random = np.random.default_rng(20300131)
    return pa.table([pa.array(random.random(size // ROW_BYTES)) for _ in NAMES], SCHEMA)


def stream(size: int) -> pa.RecordBatchReader:
    """The same amount, made as it is read."""
    return pa.RecordBatchReader.from_batches(SCHEMA, _batches(size // ROW_BYTES))


def _batches(rows: int, at_once: int = 65_536) -> Iterator[pa.RecordBatch]:
    random = np.random.default_rng(20300131)
    for start in range(0, rows, at_once):
        count = min(at_once, rows - start)
        yield pa.record_batch([pa.array(random.random(count)) for _ in NAMES], SCHEMA)
