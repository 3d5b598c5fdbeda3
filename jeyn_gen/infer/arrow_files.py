"""Parquet, and Arrow's own two formats: https://arrow.apache.org/docs/format/Columnar.html#format-ipc."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from jeyn_gen.infer.source import PART_ROWS, DataFile, Source, arrow_source

PARQUET = "Parquet"
ARROW_FILE = "an Arrow file"
ARROW_STREAM = "an Arrow stream"


def parquet(files: Sequence[DataFile], _sample: int | None) -> list[Source]:
    """Sources of Parquet files, read row group by row group."""
    return [_parquet(file) for file in files]


def arrow_file(files: Sequence[DataFile], _sample: int | None) -> list[Source]:
    """Sources of Arrow IPC files (Feather 2)."""
    return [_ipc(file, ARROW_FILE, pa.ipc.open_file) for file in files]


def arrow_stream(files: Sequence[DataFile], _sample: int | None) -> list[Source]:
    """Sources of Arrow IPC streams."""
    return [_ipc(file, ARROW_STREAM, pa.ipc.open_stream) for file in files]


def _parquet(file: DataFile) -> Source:
    import pyarrow.parquet as pq

    def batches() -> Iterator[pa.RecordBatch]:
        with pq.ParquetFile(file.path) as opened:
            yield from opened.iter_batches(PART_ROWS)

    with pq.ParquetFile(file.path) as opened:
        return arrow_source(file, PARQUET, opened.schema_arrow, batches)


def _ipc(file: DataFile, form: str, open_with: Any) -> Source:
    def batches() -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(file.path)) as mapped, open_with(mapped) as reader:
            if hasattr(reader, "num_record_batches"):
                yield from map(reader.get_batch, range(reader.num_record_batches))
            else:
                yield from reader

    with pa.memory_map(str(file.path)) as mapped, open_with(mapped) as reader:
        return arrow_source(file, form, reader.schema, batches)
