"""Python values as Arrow arrays of a scalar feature's exact type.

Arrow itself takes a `datetime` for a date, `bytes` for text and a naive time for a zoned one, changing them in
silence; so the classes of the values are looked at before Arrow sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from jeyn.conformance.arrow import arrow_type
from jeyn.conformance.misfit import REFUSALS, Misfit, first_failure, shortened
from jeyn.conformance.numpy_values import from_numpy
from jeyn.conformance.scalars import fit_scalars
from jeyn.model.types import Family, Scalar

_CLASSES: dict[Family, tuple[type, ...]] = {
    Family.BOOLEAN: (bool, np.bool_),
    Family.INTEGER: (int, np.integer),
    Family.FLOAT: (float, int, np.floating, np.integer),
    Family.STRING: (str,),
    Family.BYTES: (bytes, bytearray, memoryview),
    Family.DATE: (date,),
    Family.TIMESTAMP: (datetime, np.datetime64),
    Family.DURATION: (timedelta, np.timedelta64),
    Family.DECIMAL: (Decimal,),
}


def fit_python_scalars(values: Sequence[Any], kind: Scalar) -> pa.Array:
    """The values, None being null, as `arrow_type(kind)`; Misfit for the first of another class, or that changes."""
    classes = set(map(type, values)) - {NoneType}
    numpy_times = any(issubclass(cls, np.datetime64 | np.timedelta64) for cls in classes)
    strange = {
        cls for cls in classes if not _stands_for(cls, kind.family) or (numpy_times and not issubclass(cls, np.generic))
    }
    if strange:
        refuse(values, next(row for row, value in enumerate(values) if type(value) in strange))
    if numpy_times:
        return fit_scalars(_from_numpy_times(values, kind), kind)
    _check_times(values, classes, kind)
    if kind.family is Family.FLOAT and any(issubclass(cls, int | np.integer) for cls in classes):
        values = _exact_floats(values)
    wanted = pa.float64() if kind.family is Family.FLOAT else arrow_type(kind)
    try:
        array = pa.array(values, wanted)
    except REFUSALS:
        refuse(values, first_failure(lambda length: pa.array(values[:length], wanted), len(values)))
    return fit_scalars(array, kind)


def plain_values(values: Sequence[Any]) -> Sequence[Any]:
    """The values with pandas' and numpy's marks for nothing as None, and members of an Enum as their values."""
    odd = {cls for cls in set(map(type, values)) if _is_nothing(cls) or issubclass(cls, Enum)}
    if not odd:
        return values
    return [value if type(value) not in odd else value.value if isinstance(value, Enum) else None for value in values]


def refuse(values: Sequence[Any], row: int) -> NoReturn:
    """Raise the Misfit of one of the values."""
    raise Misfit("dtype", row, f"{shortened(values[row])} ({type(values[row]).__name__})")


def _stands_for(cls: type, family: Family) -> bool:
    if issubclass(cls, bool):
        return family is Family.BOOLEAN
    if issubclass(cls, np.timedelta64):  # numpy derives it from its integers
        return family is Family.DURATION
    if issubclass(cls, datetime):
        return family is Family.TIMESTAMP
    return issubclass(cls, _CLASSES[family]) and not issubclass(cls, np.longdouble)


def _is_nothing(cls: type) -> bool:
    return cls is type(np.ma.masked) or (cls.__name__ in {"NAType", "NaTType"} and cls.__module__.startswith("pandas."))


def _from_numpy_times(values: Sequence[Any], kind: Scalar) -> pa.Array:
    nothing = (np.datetime64 if kind.family is Family.TIMESTAMP else np.timedelta64)("NaT")
    return from_numpy(np.array([nothing if value is None else value for value in values]), kind)


def _check_times(values: Sequence[Any], classes: set[type], kind: Scalar) -> None:
    """Misfit for a naive time among zoned ones, or the reverse, and for pandas' nanoseconds."""
    if kind.family is Family.TIMESTAMP:
        zoned = bool(kind.timezone)
        for row, value in enumerate(values):
            if value is None:
                continue
            if (value.tzinfo is not None) != zoned or getattr(value, "nanosecond", 0) > 0:
                refuse(values, row)
    elif kind.family is Family.DURATION and classes - {timedelta}:
        for row, value in enumerate(values):
            if getattr(value, "nanoseconds", 0):
                refuse(values, row)


def _exact_floats(values: Sequence[Any]) -> list[Any]:
    floats: list[Any] = []
    for row, value in enumerate(values):
        try:
            floats.append(value if value is None else float(value))
        except OverflowError:
            refuse(values, row)
        if isinstance(value, int | np.integer) and int(floats[-1]) != int(value):
            refuse(values, row)
    return floats
