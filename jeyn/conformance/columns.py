"""Columns of `arrow_schema(catalog)` given back: as numpy arrays, plain Python rows, pandas and polars frames."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from jeyn.conformance.cells import python_values
from jeyn.conformance.frames import to_pandas, to_polars
from jeyn.conformance.numpy_columns import to_numpy
from jeyn.model.definitions import DataCatalog

__all__ = ["rows", "to_numpy", "to_pandas", "to_polars"]

_ROWS_AT_A_TIME = 8192


def rows(table: pa.Table, catalog: DataCatalog) -> Iterator[dict[str, object]]:
    """Each row by feature name, in Python's own types: tensors are nested lists, structs are dicts, null is None.

    A zoned timestamp is in its zone. OverflowError or ValueError for a time outside the years 1 to 9999.
    """
    names = [feature.name for feature in catalog.features]
    for batch in table.select(names).to_batches(max_chunksize=_ROWS_AT_A_TIME):
        columns = [
            python_values(column, feature.type) for column, feature in zip(batch.columns, catalog.features, strict=True)
        ]
        yield from (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
