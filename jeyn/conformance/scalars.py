"""Arrow arrays of any type to the exact Arrow type of a scalar feature, where no value changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import arrow_type, storage
from jeyn.conformance.misfit import REFUSALS, Misfit, first_failure, shown_at
from jeyn.conformance.taking import VIEWED
from jeyn.model.types import Family, Scalar

# Which Arrow types may hold values of a family. A timestamp's zone is compared apart.
_HOLDERS: dict[Family, tuple[Callable[[pa.DataType], bool], ...]] = {
    Family.BOOLEAN: (arrow_types.is_boolean,),
    Family.INTEGER: (arrow_types.is_integer,),
    Family.FLOAT: (arrow_types.is_floating, arrow_types.is_integer),
    Family.STRING: (arrow_types.is_string, arrow_types.is_large_string, arrow_types.is_string_view),
    Family.BYTES: (
        arrow_types.is_binary,
        arrow_types.is_large_binary,
        arrow_types.is_binary_view,
        arrow_types.is_fixed_size_binary,
    ),
    Family.DATE: (arrow_types.is_date,),
    Family.TIMESTAMP: (arrow_types.is_timestamp,),
    Family.DURATION: (arrow_types.is_duration,),
    Family.DECIMAL: (arrow_types.is_decimal,),
}


def fit_scalars(array: pa.Array, kind: Scalar) -> pa.Array:
    """The values as `arrow_type(kind)`, nulls staying null; Misfit `dtype` for the first that would change."""
    array, wanted = decoded(array), arrow_type(kind)
    if array.type == wanted:
        return array
    if array.null_count == len(array):
        return pa.nulls(len(array), wanted)
    if not _may_hold(array.type, kind):
        row = int(np.argmax(array.is_valid().to_numpy(zero_copy_only=False)))
        raise Misfit("dtype", row, shown_at(array, row))
    if kind.family is Family.FLOAT:
        return _fit_floats(array, wanted)
    if kind.family is Family.DATE and arrow_types.is_timestamp(array.type):
        return _fit_midnights(array)
    return cast_exactly(array, wanted)


def cast_exactly(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Arrow's checked cast, which refuses overflow, truncation and rescaling; Misfit `dtype` where it does."""
    try:
        return array.cast(wanted)
    except REFUSALS:
        row = first_failure(lambda length: array.slice(0, length).cast(wanted), len(array))
        raise Misfit("dtype", row, shown_at(array, row)) from None


def decoded(array: pa.Array) -> pa.Array:
    """The plain values below dictionaries, runs and extension types.

    An extension over single numbers stays: it gives them another meaning (pandas' periods, 8-bit booleans).
    """
    if not arrow_types.is_primitive(storage(array).type):
        array = storage(array)
    if arrow_types.is_dictionary(array.type):
        values = array.dictionary
        if values.type in VIEWED:  # what polars' categories are made of
            array = pa.DictionaryArray.from_arrays(array.indices, values.cast(VIEWED[values.type]))
        return array.dictionary_decode()
    if arrow_types.is_run_end_encoded(array.type):
        return pc.run_end_decode(array)
    return array


def _may_hold(given: pa.DataType, kind: Scalar) -> bool:
    if kind.family is Family.TIMESTAMP and arrow_types.is_timestamp(given):
        return bool(given.tz) == bool(kind.timezone)
    if kind.family is Family.DATE and arrow_types.is_timestamp(given):
        return not given.tz  # pandas keeps dates as midnights
    return any(holds(given) for holds in _HOLDERS[kind.family])


def _fit_midnights(array: pa.Array) -> pa.Array:
    """Naive timestamps as dates, where each is a midnight. Arrow's own cast drops the time without a word."""
    dates = array.cast(pa.date32())
    exact = pc.equal(dates.cast(array.type), array)
    row = exact.index(pa.scalar(False)).as_py()
    if row >= 0:
        raise Misfit("dtype", row, shown_at(array, row))
    return dates


def _fit_floats(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Numbers as floats, where each is exactly representable, or NaN. Arrow's own casts round without a word."""
    missing = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    given = (array if missing is None else array.fill_null(0)).to_numpy(zero_copy_only=False)
    with np.errstate(over="ignore", invalid="ignore"):
        fitted = given.astype(wanted.to_pandas_dtype())
        exact = _is_exact(given, fitted)
    if not exact.all():
        row = int(np.argmin(exact))
        raise Misfit("dtype", row, shown_at(array, row))
    return pa.array(fitted, wanted, mask=missing)


def _is_exact(given: npt.NDArray[Any], fitted: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    if given.dtype.kind == "f":
        return np.asarray((fitted.astype(given.dtype) == given) | np.isnan(given))
    wide = fitted.astype(np.float64)
    # 2**63 and 2**64, to which the largest integers round, are floats but no longer integers of the dtype.
    inside = np.isfinite(wide) & (wide < float(np.iinfo(given.dtype).max) + (given.dtype.itemsize < 8))
    return np.asarray(inside & (np.where(inside, wide, 0).astype(given.dtype) == given))
