"""Batches are bounded, and are made as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from drawn_rows import catalog_of

from jeyn.conformance.blocks import ROWS_PER_CHUNK
from jeyn.conformance.ingest import BATCH_BYTES, BATCH_ROWS, record_batches
from jeyn.model.types import Scalar, Tensor

NUMBER = catalog_of(x=Scalar("int64"))


class Counted:
    """An iterator that knows how often it was asked."""

    def __init__(self, items: Iterator[Any]) -> None:
        self.items = items
        self.asked = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self.items:
            self.asked += 1
            yield item


def test_a_reader_is_read_one_batch_at_a_time() -> None:
    schema = pa.schema({"x": pa.int64()})
    source = Counted(pa.record_batch({"x": np.arange(1000) + 1000 * number}) for number in range(10_000))
    batches = record_batches(pa.RecordBatchReader.from_batches(schema, source), NUMBER)
    assert source.asked == 0
    for number in range(5):
        assert next(batches).column("x")[0].as_py() == 1000 * number
        assert source.asked == number + 1


def test_a_reader_larger_than_memory_takes_constant_memory() -> None:
    schema = pa.schema({"x": pa.int64()})
    before = pa.total_allocated_bytes()
    source = (pa.record_batch({"x": pa.array(range(1000)).take(pa.array([5] * 100_000))}) for _ in range(200))
    most = rows = 0
    for batch in record_batches(pa.RecordBatchReader.from_batches(schema, source), NUMBER):
        rows += batch.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
    assert rows == 20_000_000
    assert most < 10 * 800_000


def test_rows_are_read_a_chunk_at_a_time() -> None:
    source = Counted({"x": number} for number in range(10**9))
    batches = record_batches(source, NUMBER)
    for _ in range(3):
        next(batches)
    assert source.asked <= 4 * ROWS_PER_CHUNK


@pytest.mark.parametrize("form", [pa.table, pd.DataFrame, pl.DataFrame, dict])
def test_what_is_in_memory_is_sliced(form: Any) -> None:
    batches = list(record_batches(form({"x": np.arange(1_200_000)}), NUMBER))
    assert [batch.num_rows for batch in batches] == [BATCH_ROWS, BATCH_ROWS, 1_200_000 - 2 * BATCH_ROWS]
    assert batches[2].column("x")[0].as_py() == 2 * BATCH_ROWS


def test_arrow_columns_of_the_right_type_are_not_copied() -> None:
    table = pa.table({"x": np.arange(100_000)})
    address = table.column("x").chunk(0).buffers()[1].address
    assert {batch.column("x").buffers()[1].address for batch in record_batches(table, NUMBER)} == {address}


def test_wide_rows_make_batches_of_few() -> None:
    catalog = catalog_of(image=Tensor(Scalar("float32"), (1024, 1024)))
    images = np.zeros((40, 1024, 1024), np.float32)
    batches = list(record_batches({"image": images}, catalog))
    assert [batch.num_rows for batch in batches] == [16, 16, 8]
    assert all(batch.nbytes <= BATCH_BYTES for batch in batches)
    texts = {"text": ["x" * 2**20] * 100}
    sizes = [batch.nbytes for batch in record_batches(texts, catalog_of(text=Scalar("string")))]
    assert len(sizes) == 2
    assert max(sizes) <= BATCH_BYTES
    held = pa.table({"text": pa.array(texts["text"])})
    assert max(batch.nbytes for batch in record_batches(held, catalog_of(text=Scalar("string")))) <= BATCH_BYTES
