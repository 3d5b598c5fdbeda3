"""Batches: rows of one catalog, as arrays, frames, tables or row objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from jeyn.model.catalogs import DataCatalog
from jeyn.stores.row import Row
from jeyn.stores.saved import Saved, memory_entry

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from jeyn.model.artefact import Entry
    from jeyn.ports.blobs import BlobStore
    from jeyn.stores.data import BatchData

RowT = TypeVar("RowT", bound=Row)
ColumnsT = TypeVar("ColumnsT", bound="Columns")


class Columns(Mapping[str, Any]):
    """The features of a batch as arrays of shape (rows, *shape): by attribute, or by the feature's own name.

    An array is made when it is first asked for, without a copy where Arrow's memory allows. Where values may be null
    it is a `numpy.ma.MaskedArray`.
    """

    def __init__(self, table: pa.Table, catalog: DataCatalog) -> None:
        self._table = table
        self._features = {feature.name: feature for feature in catalog.features}
        self._attributes = {attribute: name for name, attribute in catalog.attributes.items()}
        self._arrays: dict[str, Any] = {}

    def __getitem__(self, feature: str) -> Any:
        if feature not in self._arrays:
            from jeyn.conformance.columns import to_numpy

            found = self._features[feature]
            column = self._table.column(feature)
            self._arrays[feature] = to_numpy(column, found.type, found.constraints.nullable)
        return self._arrays[feature]

    if not TYPE_CHECKING:  # a type checker knows the features that the subclass declares, and no others

        def __getattr__(self, attribute: str) -> Any:
            if attribute.startswith("_") or attribute not in self._attributes:
                raise AttributeError(f"{type(self).__name__} has no feature {attribute!r}")
            return self[self._attributes[attribute]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._features)

    def __len__(self) -> int:
        return len(self._features)


class Batch(Saved, Generic[RowT, ColumnsT]):
    """A batch that is read as one catalog; its bytes are read when first needed, and checked.

    Iterating gives rows as objects of the row class. Subclasses are generated; each states its `catalog`.
    """

    catalog: ClassVar[DataCatalog]
    row_type: ClassVar[type[Any]]
    columns_type: ClassVar[type[Any]]

    def __init__(self, entry: Entry, number: int | None, blobs: BlobStore | None) -> None:
        super().__init__(entry, number, blobs)
        self._table: pa.Table | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "row_type" in vars(cls):
            cls.row_type.catalog_ = cls.catalog

    @classmethod
    def of(cls, data: BatchData) -> Self:
        """A batch in memory, checked against the catalog: ConformanceError if it breaks it."""
        import pyarrow as pa

        from jeyn.conformance.arrow import arrow_schema
        from jeyn.conformance.checks import Checker
        from jeyn.conformance.content import ContentDigest
        from jeyn.conformance.ingest import record_batches
        from jeyn.conformance.report import conformance_error
        from jeyn.model.artefact import BATCH, Artefact

        checker, content = Checker(cls.catalog), ContentDigest(cls.catalog, "memory")
        parts = []
        for part in record_batches(data, cls.catalog):
            checker.update(part)
            content.update(part)
            parts.append(part)
        if violations := checker.violations():
            raise conformance_error(cls.catalog, violations)
        artefact = Artefact(BATCH, str(cls.catalog.pin), "", "", content.hexdigest(), (), {"rows": checker.rows})
        batch = cls(memory_entry(BATCH, artefact), None, None)
        batch._table = pa.Table.from_batches(parts, schema=arrow_schema(cls.catalog))
        return batch

    @classmethod
    def arrow_schema(cls) -> pa.Schema:
        """The Arrow schema of the catalog."""
        from jeyn.conformance.arrow import arrow_schema

        return arrow_schema(cls.catalog)

    def __len__(self) -> int:
        return int(self.metadata["rows"]) if "rows" in self.metadata else self.to_arrow().num_rows

    def __iter__(self) -> Iterator[RowT]:
        from jeyn.conformance.columns import rows

        for part in self.slices(8192):
            for row in rows(part.to_arrow(), self.catalog):
                yield self.row_type.model_validate(row)

    @property
    def columns(self) -> ColumnsT:
        """The features as NumPy arrays."""
        found: ColumnsT = self.columns_type(self.to_arrow(), self.catalog)
        return found

    def to_arrow(self) -> pa.Table:
        """An Arrow table with the catalog's schema."""
        if self._table is None:
            import pyarrow as pa

            self._table = pa.Table.from_batches(self._read(), schema=self.arrow_schema())
        return self._table

    def to_pandas(self) -> pd.DataFrame:
        """A pandas frame; a tensor's cells are NumPy arrays."""
        from jeyn.conformance.columns import to_pandas

        return to_pandas(self.to_arrow(), self.catalog)

    def to_polars(self) -> pl.DataFrame:
        """A polars frame; a tensor's column is an Array."""
        from jeyn.conformance.columns import to_polars

        return to_polars(self.to_arrow(), self.catalog)

    def to_torch(self) -> dict[str, Any]:
        """Tensors by feature name, of all features that are numbers without nulls; they own their memory."""
        try:
            import torch
        except ImportError:
            from jeyn.errors import AskError

            raise AskError("PyTorch is not installed", "pip install 'jeyn[torch]'") from None
        import numpy as np

        columns = {name: values for name, values in self.columns.items() if values.dtype.kind in "biuf"}
        return {name: torch.from_numpy(np.array(values)) for name, values in columns.items()}

    def slices(self, rows: int) -> Iterator[Self]:
        """The batch in parts of at most so many rows, read one after another in bounded memory."""
        for part in self._read() if self._table is None else self._table.to_batches(max_chunksize=rows):
            for start in range(0, part.num_rows, rows):
                yield self._slice(part.slice(start, rows))

    def _slice(self, part: pa.RecordBatch) -> Self:
        import pyarrow as pa

        from jeyn.model.artefact import BATCH, Artefact, Entry

        artefact = Artefact(BATCH, str(self.catalog.pin), "", "", self.digest, (), {"rows": part.num_rows})
        entry = Entry(self.entry.id, self.entry.stream, BATCH, "", self.entry.origin, artefact)
        piece = type(self)(entry, self.number, None)
        piece._table = pa.Table.from_batches([part])
        return piece

    def _read(self) -> Iterator[pa.RecordBatch]:
        """The saved rows with the schema of the catalog that they are read as, which theirs includes.

        ConformanceError if they are of a version so old that they cannot be.
        """
        import pyarrow.parquet as pq

        from jeyn.conformance.ingest import record_batches
        from jeyn.conformance.versions import in_version

        (path,) = self._paths().values()
        with pq.ParquetFile(path, memory_map=True) as file:
            wanted = [feature.name for feature in self.catalog.features]
            stored = file.iter_batches(columns=[name for name in file.schema_arrow.names if name in wanted])
            yield from record_batches((in_version(part, self.catalog) for part in stored), self.catalog)

    def _repr_html_(self) -> str:
        from jeyn.conformance.columns import to_pandas

        head = next(self.slices(5), None)
        rows = to_pandas(head.to_arrow(), self.catalog).to_html() if head is not None else ""
        return f"{super()._repr_html_()}{rows}"
