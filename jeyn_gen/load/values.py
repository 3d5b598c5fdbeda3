"""Reading the values that a document states: of a bound, an enumeration, a default, an example."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from jeyn.model.types import Family, Scalar, Value, integer_range
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Reader, described
from jeyn_gen.load.nodes import Node, ScalarNode

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


def value(reader: Reader, node: Node, scalar: Scalar) -> Value:
    """A value of a scalar type as a document writes it."""
    family = scalar.family
    if family is Family.BOOLEAN:
        return read.boolean(reader, node)
    if family is Family.INTEGER:
        return _integer(reader, node, scalar)
    if family is Family.FLOAT:
        return _float(reader, node, scalar)
    if family is Family.STRING:
        return read.text(reader, node)
    if not isinstance(node, ScalarNode) or node.value is None:
        raise reader.refuse(node, "JYN106", f"expected a {scalar.dtype}, not {described(node)}")
    try:
        return _READ_TEXT[family](node.text, scalar)
    except (ValueError, OverflowError):
        fix = f"write it as {_FORMS[family]}"
        raise reader.refuse(node, "JYN106", f"{node.text[:80]!r} is no {scalar}", fix) from None


# What a machine may have beside the zones, and another not.
_OF_A_MACHINE = re.compile(r"(?:posix|right)/|localtime$|posixrules$")


def timezone(reader: Reader, node: Node) -> str:
    """The name of an IANA time zone."""
    found = read.text(reader, node)
    try:
        if _OF_A_MACHINE.match(found):
            raise ValueError(found)
        ZoneInfo(found)
    except (ValueError, OSError, KeyError):
        fix = "write one such as UTC or Europe/Berlin"
        raise reader.refuse(node, "JYN121", f"{found[:80]!r} is no IANA time zone", fix) from None
    return found


def _integer(reader: Reader, node: Node, scalar: Scalar) -> int:
    found = read.integer()(reader, node)
    low, high = integer_range(scalar.dtype)
    if not low <= found <= high:
        fix = "write one within its range, or give the feature a wider dtype"
        raise reader.refuse(node, "JYN106", f"{found} is no {scalar.dtype}: it goes from {low} to {high}", fix)
    return found


def _float(reader: Reader, node: Node, scalar: Scalar) -> float:
    found = read.number(reader, node)
    largest = LARGEST.get(scalar.dtype, math.inf)
    if math.isfinite(found) and abs(found) > largest:
        fix = "write one within its range, or give the feature a wider dtype"
        raise reader.refuse(node, "JYN106", f"{found} is no {scalar.dtype}: its largest is {largest}", fix)
    return found


def _bytes(text: str, _scalar: Scalar) -> bytes:
    _full(HEXADECIMAL, text)
    return bytes.fromhex(text)


def _date(text: str, _scalar: Scalar) -> date:
    _full(DATE, text)
    return date.fromisoformat(text)


def _timestamp(text: str, scalar: Scalar) -> datetime:
    _full(TIMESTAMP, text)
    moment = datetime.fromisoformat(text)
    if bool(scalar.timezone) != (moment.tzinfo is not None):
        raise ValueError
    return moment.astimezone(UTC) if scalar.timezone else moment


def _duration(text: str, _scalar: Scalar) -> timedelta:
    parts = _full(DURATION, text).groupdict("0")
    microseconds = int(Decimal(parts["seconds"]).scaleb(6))
    return timedelta(
        days=int(parts["days"]), hours=int(parts["hours"]), minutes=int(parts["minutes"]), microseconds=microseconds
    )


def _decimal(text: str, scalar: Scalar) -> Decimal:
    """With exactly the type's scale, so that equal values are written alike; computed in whole numbers, all exact."""
    _full(DECIMAL, text)
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int), "it is finite"
    number, shift = int("".join(map(str, digits))), exponent + scalar.scale
    unscaled, rest = (number * 10**shift, 0) if shift >= 0 else divmod(number, 10**-shift)
    if rest or unscaled >= 10**scalar.precision:
        raise ValueError
    return Decimal((sign if unscaled else 0, tuple(map(int, str(unscaled))), -scalar.scale))


def _full(form: re.Pattern[str], text: str) -> re.Match[str]:
    match = form.fullmatch(text)
    if match is None:
        raise ValueError
    return match


_READ_TEXT: dict[Family, Callable[[str, Scalar], Value]] = {
    Family.BYTES: _bytes,
    Family.DATE: _date,
    Family.TIMESTAMP: _timestamp,
    Family.DURATION: _duration,
    Family.DECIMAL: _decimal,
}
_FORMS = {
    Family.BYTES: "hexadecimal digits, two for each byte",
    Family.DATE: "2030-01-31",
    Family.TIMESTAMP: "2030-01-31T09:00:00.000000, with an offset such as Z if, and only if, it has a time zone",
    Family.DURATION: "P1DT12H30M5.25S (ISO 8601: days, hours, minutes, seconds)",
    Family.DECIMAL: "a number that its precision and scale can hold exactly",
}
