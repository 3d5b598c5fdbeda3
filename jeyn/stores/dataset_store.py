"""Saving and loading batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jeyn.model.artefact import BATCH, DERIVED_FROM, Artefact, Blob, Relationship
from jeyn.model.definitions import DataCatalog
from jeyn.ports.blobs import BlobStore
from jeyn.stores import classes
from jeyn.stores.batch import Batch
from jeyn.stores.data import BatchData
from jeyn.stores.loading import handle
from jeyn.stores.metadata import plain
from jeyn.stores.saved import Saved, relationships
from jeyn.stores.saving import into, notebook
from jeyn.stores.targets import Target

if TYPE_CHECKING:
    import pyarrow as pa

_FILE = "data.parquet"
# What is found out about rows, and what recipes tell of how they came about.
_RESERVED = frozenset({"rows", "profile", "metrics", "objects", "unmatched"})
_ROW_GROUP_ROWS = 1 << 20
_ROW_GROUP_BYTES = 128 << 20


def save(
    data: BatchData,
    *,
    output: str = "",
    definition: str = "",
    derived_from: Saved | Iterable[Saved] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Batch[Any, Any]:
    """Save rows as the next batch of a formula.

    In a step the formula is that of its output, named by `output` where several are batches; outside a step
    `definition` names it as `NAME@MAJOR`. The rows are checked while they are written. `metadata` is anything that JSON
    has. Raises ConformanceError with every rule that is broken, and then nothing is recorded.
    """
    more = plain(metadata, _RESERVED)
    saving = into()
    target = saving.target(BATCH, output, definition)
    return save_as(target, data, relationships(DERIVED_FROM, derived_from), more)


def save_as(
    target: Target, data: BatchData, edges: Iterable[Relationship], metadata: Mapping[str, Any]
) -> Batch[Any, Any]:
    """Save rows to a target that is known."""
    saving = into()
    assert target.catalog is not None, "a batch has a catalog"
    blob, digest, found = write_rows(data, target.catalog, target.meaning, saving.blobs_of(target))
    artefact = Artefact(
        kind=BATCH,
        definition=target.definition,
        definition_digest=target.meaning,
        definition_blob=target.keep_definition(saving.blobs),
        digest=digest,
        blobs=(blob,),
        metadata={**found, **metadata},
    )
    entry, number = saving.keep(target, artefact, edges)
    return classes.batch_type(target.catalog.pin)(entry, number, saving.blobs)


def write_rows(
    data: BatchData, catalog: DataCatalog, meaning: str, blobs: BlobStore
) -> tuple[Blob, str, dict[str, Any]]:
    """Write rows as one Parquet file: its blob, the digest of what they are, and their number and profile.

    Checks and the file's encoding run on this thread, the content digest and the file's hash on others. Memory stays
    bounded by a few row groups. ConformanceError if the rows break the catalog.
    """
    import pyarrow.parquet as pq

    from jeyn.conformance.arrow import arrow_schema
    from jeyn.conformance.checks import Checker
    from jeyn.conformance.content import ContentDigest
    from jeyn.conformance.ingest import record_batches
    from jeyn.conformance.report import conformance_error

    checker, content = Checker(catalog), ContentDigest(catalog, meaning)
    schema = arrow_schema(catalog)
    hashed: Future[None] | None = None
    with blobs.writer() as sink, ThreadPoolExecutor(1, "jeyn-digest") as pool:
        with pq.ParquetWriter(_Sink(sink), schema) as writer:
            groups = _RowGroups(writer)
            for part in record_batches(data, catalog):
                checker.update(part)
                if hashed is not None:
                    hashed.result()
                hashed = pool.submit(content.update, part)
                if not checker.is_broken:
                    groups.add(part)
            groups.flush()
        if hashed is not None:
            hashed.result()
        if violations := checker.violations():
            raise conformance_error(catalog, violations)
        blob = sink.commit(_FILE)
    return blob, content.hexdigest(), {"rows": checker.rows, "profile": checker.profile()}


def load(reference: str) -> Batch[Any, Any]:
    """A recorded batch, its bytes checked; AskError if the reference names none, IntegrityError if they changed."""
    return handle(notebook().resolve(reference), Batch)


class _RowGroups:
    """Gathers record batches into row groups of a useful size."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._parts: list[pa.RecordBatch] = []
        self._rows = 0
        self._bytes = 0

    def add(self, part: pa.RecordBatch) -> None:
        self._parts.append(part)
        self._rows += part.num_rows
        self._bytes += part.nbytes
        if self._rows >= _ROW_GROUP_ROWS or self._bytes >= _ROW_GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        import pyarrow as pa

        if self._parts:
            self._writer.write_table(pa.Table.from_batches(self._parts), row_group_size=_ROW_GROUP_ROWS)
        self._parts, self._rows, self._bytes = [], 0, 0


class _Sink:
    """A blob writer as the file object that pyarrow writes to."""

    closed = False

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._size = 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        written: int = self._writer.write(data)
        return written

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
