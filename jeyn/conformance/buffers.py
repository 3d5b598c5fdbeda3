"""NumPy arrays of fixed-width values as Arrow arrays, straight from their memory.

`pyarrow.array` would do the same, but looks whether the values are pandas objects, and for that it imports pandas
wherever it is installed: a third of a second in every process that saves something.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_ARROW_UNITS = frozenset({"s", "ms", "us", "ns"})


def from_ndarray(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """One axis of numbers, booleans or times, in the Arrow type of the same width; rows that are `missing` are null.

    Shares the memory of `values` where it is contiguous. NaT is null. Raises what `pyarrow.array` raises for
    anything else.
    """
    kind = _arrow_type(values.dtype)
    if kind is None or values.ndim != 1:
        return pa.array(values, mask=missing)
    if values.dtype.kind in "mM":
        absent = np.isnat(values)
        missing = absent if missing is None else missing | absent
    data = np.packbits(values, bitorder="little") if values.dtype.kind == "b" else np.ascontiguousarray(values)
    validity = None
    nulls = 0 if missing is None else int(np.count_nonzero(missing))
    if nulls:
        validity = pa.py_buffer(np.packbits(~np.asarray(missing), bitorder="little"))
    # A view as bytes, since the buffer protocol does not know times.
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(data.view(np.uint8))], nulls)


def _arrow_type(dtype: np.dtype[Any]) -> pa.DataType | None:
    if not dtype.isnative:
        return None
    if dtype.kind in "biuf" and dtype.itemsize <= 8:
        return pa.from_numpy_dtype(dtype)
    if dtype.kind in "mM":
        unit, count = np.datetime_data(dtype)
        if unit in _ARROW_UNITS and count == 1:
            return pa.duration(unit) if dtype.kind == "m" else pa.timestamp(unit)
    return None
