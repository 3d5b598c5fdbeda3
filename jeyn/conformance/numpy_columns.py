"""Columns as numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.cells import cells, in_rows, list_places, python_values
from jeyn.conformance.views import Mask, Numbers, children, fixed_values, missing, numbers, zeroed
from jeyn.model.types import Family, FeatureType, List, Scalar, Struct, Tensor

_TIMES = {Family.DATE: "M8[D]", Family.TIMESTAMP: "M8[us]", Family.DURATION: "m8[us]"}
_OBJECTS = frozenset({Family.STRING, Family.BYTES, Family.DECIMAL})


def to_numpy(column: pa.ChunkedArray | pa.Array, kind: FeatureType, nullable: bool) -> Numbers:
    """A column as an array of shape (rows, *tensor shape); a view, read-only, of one chunk of numbers without nulls.

    Strings, bytes, decimals, structs (dicts), lists and tensors with a free axis are arrays of objects; a list of
    numbers that cannot be null is an array. Zoned timestamps are in UTC. If `nullable`, a MaskedArray with a whole
    mask: null rows are masked, over zeros or None.
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
    if not isinstance(kind, Scalar):
        return objects(_arrays_of_lists(chunk, kind) or python_values(chunk, kind))
    if kind.family in _OBJECTS:
        return objects(chunk.to_pylist())
    values = zeroed(numbers(chunk), null)
    if kind.family not in _TIMES:
        return values
    return (values.astype(np.int64) if kind.family is Family.DATE else values).view(_TIMES[kind.family])


def _arrays_of_lists(chunk: pa.Array, kind: Struct | List) -> list[Any] | None:
    """Lists of numbers that cannot be null, each as an array that views the column's memory; None for others."""
    if isinstance(kind, Struct) or not isinstance(kind.item.type, Scalar) or kind.item.constraints.nullable:
        return None
    if kind.item.type.family in _OBJECTS:
        return None
    (items,) = children(chunk, kind)
    flat = _array(items, kind.item.type)
    return in_rows(chunk, [flat[start:stop] for start, stop in list_places(chunk)])


def _mask(chunk: pa.Array) -> Mask:
    null = missing(chunk)
    return np.zeros(len(chunk), np.bool_) if null is None else null
