"""Columns as Python values, one per row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.arrow import storage
from jeyn.conformance.views import children, fixed_values, lengths, missing, numbers, offsets, shapes
from jeyn.model.types import FeatureType, List, Scalar, Struct, Tensor

T = TypeVar("T")


def python_values(column: pa.Array, kind: FeatureType) -> list[Any]:
    """Each row in Python's own types: tensors are nested lists, structs are dicts by field name, null is None.

    A zoned timestamp is in its zone. OverflowError or ValueError for a time outside the years 1 to 9999.
    """
    match kind:
        case Tensor():
            return [None if cell is None else cell.tolist() for cell in cells(column, kind)]
        case Struct(fields):
            names = [field.name for field in fields]
            parts = zip(children(column, kind), fields, strict=True)
            values = [python_values(part, field.type) for part, field in parts]
            return in_rows(column, [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)])
        case List(item):
            (held,) = children(column, kind)
            items = python_values(held, item.type)
            return in_rows(column, [items[start:stop] for start, stop in list_places(column)])
    assert isinstance(kind, Scalar), "there is no other type"
    if kind.dtype == "float16":  # Arrow gives numpy's scalars for these
        column = column.cast(pa.float64())
    plain: list[Any] = column.to_pylist()
    return plain


def cells(column: pa.Array, kind: Tensor) -> list[npt.NDArray[Any] | None]:
    """Each row's tensor as a view of the column's memory; None where it is null."""
    null = missing(column)
    if kind.is_fixed:
        flat = numbers(fixed_values(column)).reshape(-1, *kind.shape)
        return [None if null is not None and null[row] else cell for row, cell in enumerate(flat)]
    data = storage(column).field("data")
    ends, axes = offsets(data), shapes(column)
    flat = numbers(data.values)
    return [
        None if null is not None and null[row] else flat[ends[row] : ends[row + 1]].reshape(axes[row])
        for row in range(len(column))
    ]


def list_places(column: pa.Array) -> Iterator[tuple[int, int]]:
    """Where the items of each list that is not null begin and end, among all of theirs."""
    null = missing(column)
    counts = lengths(column) if null is None else lengths(column)[~null]
    ends = np.cumsum(counts)
    return zip((ends - counts).tolist(), ends.tolist(), strict=True)


def in_rows(column: pa.Array, held: Sequence[T]) -> list[T | None]:
    """Values of the rows that are not null, with None in those that are."""
    null = missing(column)
    if null is None:
        return list(held)
    rest = iter(held)
    return [None if no else next(rest) for no in null]
