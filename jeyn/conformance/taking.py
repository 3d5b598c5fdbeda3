"""Taking values out of arrays by their places, also where Arrow cannot within a struct or list.

Arrow's kernels take extension arrays, but have no builders for them inside of other arrays, and take no views at all,
which is what polars' texts are.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.buffers import from_ndarray

#: Arrow's views, and the types that it takes instead.
VIEWED = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}


def drop_null(array: pa.Array) -> pa.Array:
    """The values that are not null."""
    if not array.null_count:
        return array
    return take(array, pa.array(np.flatnonzero(array.is_valid().to_numpy(zero_copy_only=False)), pa.int64()))


def take(array: pa.Array, places: pa.Int64Array) -> pa.Array:
    """The values at these places, null where the place is null."""
    if array.type in VIEWED:
        array = array.cast(VIEWED[array.type])
    if not _is_hard(array.type):
        return array.take(places)
    null = array.is_null().take(places).fill_null(True)
    if arrow_types.is_struct(array.type):
        # A field as it is under structs that are null.
        fields = [take(array.field(number), places) for number in range(array.type.num_fields)]
        return pa.StructArray.from_arrays(fields, [field.name for field in array.type], mask=null)
    lists = array if arrow_types.is_list(array.type) else array.cast(pa.list_(array.type.value_field))
    first, last = (one.take(places).fill_null(0).to_numpy() for one in (lists.offsets[:-1], lists.offsets[1:]))
    lengths = np.where(null.to_numpy(zero_copy_only=False), 0, last - first).astype(np.int64)
    stops = np.cumsum(lengths)
    inside = np.arange(stops[-1] if len(stops) else 0) - np.repeat(stops - lengths, lengths)
    items = take(lists.values, pa.array(np.repeat(first, lengths) + inside, pa.int64()))
    return pa.ListArray.from_arrays(from_ndarray(np.concatenate([[0], stops]).astype(np.int32)), items, mask=null)


def _is_hard(kind: pa.DataType) -> bool:
    """Whether Arrow cannot take arrays of this type, because of something within it."""
    inner = [kind.field(number).type for number in range(kind.num_fields)]
    return any(isinstance(one, pa.BaseExtensionType) or one in VIEWED or _is_hard(one) for one in inner)
