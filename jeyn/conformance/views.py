"""The memory of Arrow arrays as numpy sees it: views without a copy wherever the layout allows one.

Every function takes arrays of the types that `arrow.arrow_type` gives, slices included. Hosts are little-endian.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import storage
from jeyn.conformance.taking import drop_null
from jeyn.model.types import FeatureType, List, Scalar, Struct, Tensor

assert sys.byteorder == "little", "Arrow's buffers are read as little-endian numbers"

Numbers = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def numbers(array: pa.Array) -> Numbers:
    """The values of a fixed-width array, of shape (values,); what stands in null slots is arbitrary.

    Dates are int32 days, timestamps and durations int64 microseconds. Decimals are rows of int64 words, of shape
    (values, 2) or (values, 4). Booleans are copied, the rest is the array's own memory, read-only.
    """
    kind = array.type
    if arrow_types.is_boolean(kind):
        whole = array.fill_null(False) if array.null_count else array
        return np.asarray(whole.cast(pa.uint8()).to_numpy()).view(np.bool_)
    words = kind.bit_width // 64 if arrow_types.is_decimal(kind) else 1
    dtype: np.dtype[Any] = np.dtype(_COUNTS[kind.id] if kind.id in _COUNTS else kind.to_pandas_dtype())
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        flat: Numbers = np.zeros(0, dtype)
    else:
        width = dtype.itemsize * words
        flat = np.frombuffer(buffer, dtype, len(array) * words, array.offset * width)
        flat.flags.writeable = False  # numpy's own memory, wrapped by Arrow, would stay open to writes
    return flat.reshape(-1, words) if words > 1 else flat


def missing(array: pa.Array) -> Mask | None:
    """Which rows are null, of shape (rows,); None where there are none."""
    buffer = array.buffers()[0] if array.null_count else None
    if buffer is None:
        return None
    bits = np.frombuffer(buffer, np.uint8, (array.offset + len(array) + 7) // 8)[array.offset // 8 :]
    first = array.offset % 8
    return ~np.unpackbits(bits, bitorder="little")[first : first + len(array)].view(np.bool_)


def offsets(array: pa.Array) -> npt.NDArray[np.int32]:
    """Where each string, bytes value or list begins and the last one ends, of shape (rows + 1,), in all its items."""
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(1, np.int32)
    return np.frombuffer(buffer, np.int32, len(array) + 1, array.offset * 4)


@dataclass(frozen=True, slots=True)
class Dense:
    """What a column holds in the rows that are not null.

    `values` are its scalars, or all the numbers of its tensors. `rows` are the places of the rows that are not
    null, None meaning all; `owners` tells for each number its place among those, None meaning `width` numbers each.
    """

    values: pa.Array
    rows: npt.NDArray[np.int64] | None
    owners: npt.NDArray[np.int64] | None
    width: int

    def rows_of(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The row, nulls counted, that each of these positions of `values` belongs to."""
        cells = positions // self.width if self.owners is None else self.owners[positions]
        return cells if self.rows is None else self.rows[cells]


def children(column: pa.Array, kind: FeatureType) -> list[pa.Array]:
    """What the values that are not null are made of: the fields of structs, or the items of lists; else nothing."""
    if not isinstance(kind, Struct | List):
        return []
    held = drop_null(column)
    return held.flatten() if isinstance(kind, Struct) else [held.flatten()]


def lengths(column: pa.Array) -> npt.NDArray[np.int64]:
    """How many items each list has, 0 where it is null, of shape (rows,)."""
    found = np.diff(offsets(column)).astype(np.int64)
    return zeroed(found, missing(column))


def owners(column: pa.Array, kind: FeatureType, rows: Places | None) -> Places | None:
    """The row of each value in `children`; `rows` are those of the column's own values, None: 0, 1, 2, …"""
    null = missing(column)
    if isinstance(kind, List):
        places = np.repeat(np.arange(len(column)), lengths(column))
    elif null is not None:
        places = np.flatnonzero(~null)
    else:
        return rows
    return places if rows is None else rows[places]


def dense(column: pa.Array, kind: Scalar | Tensor) -> Dense:
    """The values of one column without its nulls; only null rows cost a copy."""
    held, null = storage(column), missing(column)
    rows = None if null is None else np.flatnonzero(~null)
    if rows is not None:
        held = held.drop_null()
    if not isinstance(kind, Tensor):
        return Dense(held, rows, None, 1)
    if kind.is_fixed:
        return Dense(held.flatten(), rows, None, kind.size)
    data = held.field("data")
    return Dense(data.flatten(), rows, np.repeat(np.arange(len(held)), np.diff(offsets(data))), 1)


def fixed_values(column: pa.Array) -> pa.Array:
    """All numbers of a column of fixed tensors; arbitrary where a row is null, but there."""
    held = storage(column)
    size = held.type.list_size
    return held.values.slice(held.offset * size, len(held) * size)


def zeroed(values: Numbers, null: Mask | None) -> Numbers:
    """The values, rows on the first axis, with zeros in null rows; copied only if there is one."""
    if null is None:
        return values
    values = values.copy()
    values[null] = 0
    return values


def shapes(column: pa.Array) -> npt.NDArray[np.int32]:
    """The shapes of a column of tensors with a free axis, of shape (rows, axes); arbitrary where a row is null."""
    shape = storage(column).field("shape")
    axes = shape.type.list_size
    return numbers(shape.values)[shape.offset * axes : (shape.offset + len(shape)) * axes].reshape(-1, axes)


# Types whose values are counts of days, of microseconds, or of words.
_COUNTS = {
    pa.date32().id: np.int32,
    pa.timestamp("us").id: np.int64,
    pa.duration("us").id: np.int64,
    pa.decimal128(1).id: np.int64,
    pa.decimal256(1).id: np.int64,
}
