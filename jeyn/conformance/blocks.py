"""Tabular data of any kind as blocks: named columns of one length, read one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain, islice
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from jeyn.conformance.misfit import REFUSALS
from jeyn.conformance.report import names_error
from jeyn.conformance.sources import ArrowColumn, Column, ListColumn, NumpyColumn, PandasColumn
from jeyn.errors import ConformanceError
from jeyn.imported import is_a
from jeyn.model.definitions import DataCatalog

#: How many rows of Python objects are held at a time.
ROWS_PER_CHUNK = 8192

Block = Mapping[str, Column]


def blocks(data: Any, catalog: DataCatalog) -> Iterator[Block]:
    """Read data lazily; every block has exactly the catalog's features.

    ConformanceError for what is no table, and for missing, extra or repeated features.
    """
    if is_a(data, "pandas", "DataFrame"):
        _check_names(list(data.columns), catalog)
        yield {name: PandasColumn(data[name]) for name in data.columns}
    elif is_a(data, "polars", "LazyFrame"):
        _check_names(data.collect_schema().names(), catalog)
        for frame in data.collect_batches() if hasattr(data, "collect_batches") else [data.collect()]:
            yield from blocks(frame, catalog)
    elif is_a(data, "polars", "DataFrame"):
        _check_names(data.columns, catalog)
        yield {series.name: _of_polars(series) for series in data}
    elif _is_arrow(data):
        yield from _blocks_of_arrow(data, catalog)
    elif isinstance(data, Mapping):
        _check_names(list(data), catalog)
        columns = {name: _column(name, values) for name, values in data.items()}
        _check_lengths(columns)
        yield columns
    elif isinstance(data, Iterable) and not isinstance(data, str | bytes):
        yield from _blocks_of_items(data, catalog)
    else:
        _refuse(data)


def _blocks_of_arrow(data: Any, catalog: DataCatalog) -> Iterator[Block]:
    if not hasattr(data, "__arrow_c_stream__"):
        data = pa.record_batch(data)
    reader = data if isinstance(data, pa.RecordBatchReader) else pa.RecordBatchReader.from_stream(data)
    _check_names(reader.schema.names, catalog)
    for batch in reader:
        yield {name: ArrowColumn(batch.column(place)) for place, name in enumerate(batch.schema.names)}


def _blocks_of_items(data: Iterable[Any], catalog: DataCatalog) -> Iterator[Block]:
    """An iterable of tables or batches, or of rows, as its first item tells."""
    items = iter(data)
    head = list(islice(items, 1))
    if not head:
        return
    items = chain(head, items)
    if _is_arrow(head[0]):
        for table in items:
            yield from blocks(table, catalog)
        return
    done = 0
    while chunk := list(islice(items, ROWS_PER_CHUNK)):
        rows = [_row(item) for item in chunk]
        wanted = {feature.name for feature in catalog.features}
        for number, row in enumerate(rows, done):
            if row.keys() != wanted:
                _check_names(list(row), catalog, number)
        yield {name: ListColumn([row[name] for row in rows]) for name in wanted}
        done += len(rows)


def _row(item: Any) -> Mapping[Any, Any]:
    if isinstance(item, Mapping):
        return item
    if not hasattr(item, "model_dump"):
        _refuse(item)
    dumped: Mapping[Any, Any] = item.model_dump(by_alias=True)
    return dumped


def _column(name: str, values: Any) -> Column:
    if is_a(values, "polars", "Series"):
        return _of_polars(values)
    if is_a(values, "pandas", "Series", "Index") or is_a(values, "pandas.api.extensions", "ExtensionArray"):
        import pandas as pd

        return PandasColumn(pd.Series(values))
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return ArrowColumn(values)
    if _is_arrow(values):
        return ArrowColumn(pa.chunked_array(values))
    if isinstance(values, list | tuple):
        return ListColumn(values)
    array = np.asanyarray(values) if hasattr(values, "__array__") else None
    if array is not None and array.ndim:
        return NumpyColumn(array)
    if array is not None or not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping | Set):
        raise ConformanceError(
            f"{name!r} is {type(values).__name__}, not a column of values",
            "give each feature an array or a list with one value per row",
        )
    return ListColumn(list(values))


def _of_polars(series: Any) -> Column:
    extension = getattr(series.dtype, "ext_name", None)
    if extension is not None and extension() == "arrow.variable_shape_tensor":
        series = series.ext.storage()  # polars exports the extension over large lists, which Arrow does not take
    if str(series.dtype) == "Object":  # exported as addresses
        return ListColumn(series.to_list())
    try:
        return ArrowColumn(pa.chunked_array(series))
    except REFUSALS:  # a type that only polars has, as Int128
        return ListColumn(series.to_list())


def _is_arrow(data: object) -> bool:
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def _check_names(names: list[Any], catalog: DataCatalog, row: int | None = None) -> None:
    wanted = [feature.name for feature in catalog.features]
    missing = [name for name in wanted if name not in names]
    extra = [str(name) if isinstance(name, str) else repr(name) for name in names if name not in wanted]
    repeated = [str(name) for name, times in Counter(names).items() if times > 1]
    if missing or extra or repeated:
        raise names_error(catalog, missing, extra, repeated, row)


def _check_lengths(columns: Block) -> None:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ConformanceError(f"the columns differ in their number of rows: {told}", "give every feature all rows")


def _refuse(data: object) -> NoReturn:
    raise ConformanceError(
        f"{type(data).__name__} is not data with named features",
        "give a pandas or polars frame, an Arrow table or reader, a mapping of columns, or rows that are mappings",
    )
