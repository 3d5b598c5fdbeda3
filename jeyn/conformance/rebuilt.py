"""Structs and lists put together again of other fields or items; which of them are null stays as it was."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.buffers import from_ndarray


def struct_of(fields: Mapping[str, pa.Array], was: pa.StructArray) -> pa.StructArray:
    """The structs of an array with these fields instead."""
    return pa.StructArray.from_arrays(list(fields.values()), list(fields), mask=_null(was))


def as_lists(array: pa.Array) -> pa.ListArray:
    """Lists of any of Arrow's kinds as those whose items and offsets can be had."""
    return array if arrow_types.is_list(array.type) else array.cast(pa.list_(array.type.value_field))


def list_of(items: pa.Array, was: pa.ListArray) -> pa.ListArray:
    """The lists of an array over other items, one for each of `was.values`."""
    offsets = from_ndarray(was.offsets.to_numpy())  # of its own: with a mask, Arrow takes no slices
    return pa.ListArray.from_arrays(offsets, items, mask=_null(was))


def _null(array: pa.Array) -> pa.BooleanArray | None:
    return array.is_null() if array.null_count else None
