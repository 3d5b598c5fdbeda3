"""Single values as text, for messages and profiles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from jeyn.conformance.misfit import cut
from jeyn.conformance.views import numbers
from jeyn.model.constraints import shown
from jeyn.model.types import Family, Scalar

_MICROSECONDS = 1_000_000


def shown_value(values: pa.Array, position: int, kind: Scalar) -> str:
    """One value of an array of `arrow_type(kind)`, not null: text as it is, bytes as Python writes them."""
    if kind.family in {Family.DATE, Family.TIMESTAMP, Family.DURATION}:
        return time_text(int(numbers(values.slice(position, 1))[0]), kind)
    value = values[position].as_py()
    if isinstance(value, str):
        return cut(repr(value)[1:-1])  # control characters escaped
    return cut(shown(value))


def time_text(value: int, kind: Scalar) -> str:
    """A date (in days), timestamp or duration (in microseconds) in ISO 8601, also beyond the years that Python knows.

    A zoned timestamp is shown in UTC.
    """
    if kind.family is Family.DATE:
        return str(np.datetime64(value, "D"))
    if kind.family is Family.TIMESTAMP:
        text = str(np.datetime64(value, "us"))
        return f"{text}+00:00" if kind.timezone else text
    seconds = Decimal(abs(value)) / _MICROSECONDS
    return f"{'-' if value < 0 else ''}PT{seconds:f}S"


def json_value(value: Any, kind: Scalar) -> int | float | str:
    """A value as `rules.extremes` gives it, as plain JSON."""
    match kind.family:
        case Family.INTEGER:
            return int(value)
        case Family.FLOAT:
            return float(value) if np.isfinite(value) else str(float(value))
        case Family.DECIMAL:
            return str(value)
    return time_text(value, kind)
