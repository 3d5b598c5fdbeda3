"""Columns as numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.arrow import storage
from jeyn.conformance.views import Mask, Numbers, fixed_values, missing, numbers, offsets, shapes, zeroed
from jeyn.model.types import Family, FeatureType, Tensor

_TIMES = {Family.DATE: "M8[D]", Family.TIMESTAMP: "M8[us]", Family.DURATION: "m8[us]"}
_OBJECTS = frozenset({Family.STRING, Family.BYTES, Family.DECIMAL})


def to_numpy(column: pa.ChunkedArray | pa.Array, kind: FeatureType, nullable: bool) -> Numbers:
    """A column as an array of shape (rows, *tensor shape); a view, read-only, of one chunk of numbers without nulls.

    Strings, bytes, decimals and tensors with a free axis are arrays of objects; zoned timestamps are in UTC. If
    `nullable`, a MaskedArray with a whole mask: null rows are masked, over zeros or None.
    """
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    chunks = chunks or [pa.nulls(0, column.type)]
    arrays = [_array(chunk, kind) for chunk in chunks]
    whole = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    if not nullable:
        return whole
    masks = [_mask(chunk) for chunk in chunks]
    mask = masks[0] if len(masks) == 1 else np.concatenate(masks)
    spread = np.broadcast_to(mask.reshape(-1, *[1] * (whole.ndim - 1)), whole.shape).copy()
    masked: np.ma.MaskedArray[Any, np.dtype[Any]] = np.ma.MaskedArray(whole, mask=spread)
    if whole.dtype.kind not in "OmM":
        masked.fill_value = 0
    return masked


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


def objects(values: list[Any]) -> npt.NDArray[np.object_]:
    """An array of one axis, whatever the values are, arrays included."""
    array = np.empty(len(values), np.object_)
    for place, value in enumerate(values):
        array[place] = value
    return array


def _array(chunk: pa.Array, kind: FeatureType) -> Numbers:
    """One chunk, with zeros or None in null rows."""
    null = missing(chunk)
    if isinstance(kind, Tensor):
        if not kind.is_fixed:
            return objects(cells(chunk, kind))
        return zeroed(numbers(fixed_values(chunk)).reshape(-1, *kind.shape), null)
    if kind.family in _OBJECTS:
        return objects(chunk.to_pylist())
    values = zeroed(numbers(chunk), null)
    if kind.family not in _TIMES:
        return values
    return (values.astype(np.int64) if kind.family is Family.DATE else values).view(_TIMES[kind.family])


def _mask(chunk: pa.Array) -> Mask:
    null = missing(chunk)
    return np.zeros(len(chunk), np.bool_) if null is None else null
