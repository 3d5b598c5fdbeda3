"""Values of scalar types as text, and whether a value is one of its type: the same for documents and for runs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from jeyn.model.types import Family, Scalar, Value, integer_range

HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})*")
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[-+]\d\d:\d\d)?", re.ASCII)
DURATION = re.compile(
    r"P(?=.)(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,12})H)?(?:(?P<minutes>\d{1,12})M)?(?:(?P<seconds>\d{1,15}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
DECIMAL = re.compile(r"[-+]?(?:\d{1,99}(?:\.\d{0,99})?|\.\d{1,99})(?:[eE][-+]?\d{1,3})?", re.ASCII)
LARGEST = {"float16": 65504.0, "float32": 3.4028234663852886e38}

#: How the types that documents write as text are written.
FORMS = {
    Family.BYTES: "hexadecimal digits, two for each byte",
    Family.DATE: "2030-01-31",
    Family.TIMESTAMP: "2030-01-31T09:00:00.000000, with an offset such as Z if, and only if, it has a time zone",
    Family.DURATION: "P1DT12H30M5.25S (ISO 8601: days, hours, minutes, seconds)",
    Family.DECIMAL: "a number that its precision and scale can hold exactly",
}


def from_text(text: str, scalar: Scalar) -> Value:
    """A value of one of the types in FORMS; ValueError or OverflowError for text that is none."""
    return _READ[scalar.family](text, scalar)


def fitted(value: Value, scalar: Scalar) -> Value:
    """A value of its family's Python type, as its dtype has it; ValueError where it does not."""
    if isinstance(value, Decimal):
        return _scaled(value, scalar)
    if isinstance(value, datetime):
        return _in_zone(value, scalar)
    if isinstance(value, float):
        if math.isfinite(value) and abs(value) > LARGEST.get(scalar.dtype, math.inf):
            raise ValueError(value)
    elif scalar.family is Family.INTEGER:
        low, high = integer_range(scalar.dtype)
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(value)
    return value


def _bytes(text: str, _scalar: Scalar) -> bytes:
    _full(HEXADECIMAL, text)
    return bytes.fromhex(text)


def _date(text: str, _scalar: Scalar) -> date:
    _full(DATE, text)
    return date.fromisoformat(text)


def _timestamp(text: str, scalar: Scalar) -> datetime:
    _full(TIMESTAMP, text)
    return _in_zone(datetime.fromisoformat(text), scalar)


def _in_zone(moment: datetime, scalar: Scalar) -> datetime:
    if bool(scalar.timezone) != (moment.tzinfo is not None):
        raise ValueError(moment)
    return moment.astimezone(UTC) if scalar.timezone else moment


def _duration(text: str, _scalar: Scalar) -> timedelta:
    parts = _full(DURATION, text).groupdict("0")
    microseconds = int(Decimal(parts["seconds"]).scaleb(6))
    return timedelta(
        days=int(parts["days"]), hours=int(parts["hours"]), minutes=int(parts["minutes"]), microseconds=microseconds
    )


def _decimal(text: str, scalar: Scalar) -> Decimal:
    _full(DECIMAL, text)
    return _scaled(Decimal(text), scalar)


def _scaled(value: Decimal, scalar: Scalar) -> Decimal:
    """With exactly the type's scale, so that equal values are written alike; computed in whole numbers, all exact."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or (value and value.adjusted() > scalar.precision):
        raise ValueError(value)
    number, shift = int("".join(map(str, digits))), max(exponent + scalar.scale, -len(digits) - 1)
    if shift >= 0:
        unscaled, rest = (number * 10**shift if number else 0), 0
    else:
        unscaled, rest = divmod(number, 10**-shift)
    if rest or unscaled >= 10**scalar.precision:
        raise ValueError(value)
    return Decimal((sign if unscaled else 0, tuple(map(int, str(unscaled))), -scalar.scale))


def _full(form: re.Pattern[str], text: str) -> re.Match[str]:
    match = form.fullmatch(text)
    if match is None:
        raise ValueError
    return match


_READ: dict[Family, Callable[[str, Scalar], Value]] = {
    Family.BYTES: _bytes,
    Family.DATE: _date,
    Family.TIMESTAMP: _timestamp,
    Family.DURATION: _duration,
    Family.DECIMAL: _decimal,
}
