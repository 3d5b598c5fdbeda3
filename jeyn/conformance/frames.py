"""Columns as pandas and polars frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jeyn.conformance.arrow import storage
from jeyn.conformance.buffers import from_ndarray
from jeyn.conformance.cells import cells
from jeyn.conformance.numpy_columns import objects, to_numpy
from jeyn.conformance.views import children, fixed_values, lengths, missing, shapes
from jeyn.errors import AskError
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Family, Feature, FeatureType, Scalar, Struct, Tensor

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def to_pandas(table: pa.Table, catalog: DataCatalog) -> pd.DataFrame:
    """A frame of copies. Each tensor cell is an array, as is a list of numbers; a struct is a dict.

    Integers and booleans that may be null have pandas' nullable dtypes (`Int8`, `boolean`). A null float is NaN,
    which is not told from a NaN. Strings have pandas' default dtype; dates are `datetime.date`. AskError without
    pandas.
    """
    try:
        import pandas as pd
    except ImportError:
        raise AskError("pandas is not installed", "pip install 'jeyn[pandas]'") from None
    columns = {feature.name: _pandas_column(table.column(feature.name), feature, pd) for feature in catalog.features}
    return pd.DataFrame(columns, copy=False)


def to_polars(table: pa.Table, catalog: DataCatalog) -> pl.DataFrame:
    """A frame over the table's memory. Tensors are `pl.Array` of their shape, with a free axis nested `pl.List`.

    Structs are `pl.Struct`, lists `pl.List`.

    AskError without polars.
    """
    try:
        import polars as pl
    except ImportError:
        raise AskError("polars is not installed", "pip install 'jeyn[polars]'") from None
    columns = []
    for feature in catalog.features:
        column, kind = table.column(feature.name), feature.type
        if not isinstance(kind, Scalar):
            chunks = column.chunks or [pa.nulls(0, column.type)]
            column = pa.chunked_array([_plain(chunk, kind) for chunk in chunks])
        columns.append(pl.Series(feature.name, column))
    return pl.DataFrame(columns)


def _pandas_column(column: pa.ChunkedArray, feature: Feature, pd: Any) -> Any:
    kind, nullable = feature.type, feature.constraints.nullable
    if isinstance(kind, Tensor):
        return pd.Series(objects([cell for chunk in column.chunks for cell in cells(chunk, kind)]))
    if not isinstance(kind, Scalar):
        values = to_numpy(column, kind, nullable=nullable)
        return pd.Series(values.data if isinstance(values, np.ma.MaskedArray) else values)
    if kind.family is Family.FLOAT:
        floats = to_numpy(column, kind, nullable)
        return pd.Series(floats.filled(np.nan) if isinstance(floats, np.ma.MaskedArray) else floats.copy())
    if kind.family not in {Family.INTEGER, Family.BOOLEAN}:
        return column.to_pandas()
    values = to_numpy(column, kind, nullable)
    if not isinstance(values, np.ma.MaskedArray):
        return pd.Series(values.copy())
    array = pd.arrays.BooleanArray if kind.family is Family.BOOLEAN else pd.arrays.IntegerArray
    return pd.Series(array(values.data.copy(), np.ma.getmaskarray(values)))


def _plain(chunk: pa.Array, kind: FeatureType) -> pa.Array:
    """The values without Arrow's extension types, which polars has no types for."""
    if isinstance(kind, Scalar):
        return chunk
    if isinstance(kind, Tensor):
        return _nested(chunk, kind)
    null = missing(chunk)
    mask = None if null is None else from_ndarray(null)
    if isinstance(kind, Struct):
        # Not `children`: fields keep their places under structs that are null.
        parts = zip(kind.fields, chunk.flatten(), strict=True)
        fields = {field.name: _plain(values, field.type) for field, values in parts}
        return pa.StructArray.from_arrays(list(fields.values()), list(fields), mask=mask)
    (items,) = children(chunk, kind)
    return _lists(_plain(items, kind.item.type), lengths(chunk), mask)


def _nested(chunk: pa.Array, kind: Tensor) -> pa.Array:
    """Tensors as one level of lists per axis."""
    return _nested_fixed(chunk, kind) if kind.is_fixed else _nested_free(chunk)


def _nested_fixed(chunk: pa.Array, kind: Tensor) -> pa.Array:
    null = missing(chunk)
    level = fixed_values(chunk)
    for axis in reversed(kind.shape[1:]):
        level = pa.FixedSizeListArray.from_arrays(level, axis)
    mask = None if null is None else from_ndarray(null)
    return pa.FixedSizeListArray.from_arrays(level, kind.shape[0], mask=mask)


def _nested_free(chunk: pa.Array) -> pa.Array:
    """From the innermost lists outwards: on each level, a row has as many lists as the axes before it multiply to."""
    null = missing(chunk)
    held = storage(chunk) if null is None else storage(chunk).drop_null()
    axes = shapes(held).astype(np.int64)
    level = held.field("data").flatten()
    for axis in range(axes.shape[1] - 1, 0, -1):
        level = _lists(level, np.repeat(axes[:, axis], axes[:, :axis].prod(axis=1)))
    if null is None:
        return _lists(level, axes[:, 0])
    lengths = np.zeros(len(null), np.int64)
    lengths[~null] = axes[:, 0]
    return _lists(level, lengths, from_ndarray(null))


def _lists(values: pa.Array, lengths: np.ndarray[Any, np.dtype[np.int64]], mask: pa.Array | None = None) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return pa.LargeListArray.from_arrays(from_ndarray(ends), values, mask=mask)
