"""Reading the values that a document states: of a bound, an enumeration, a default, an example."""

from __future__ import annotations

import math
import re
from zoneinfo import ZoneInfo

from jeyn.model.types import Family, Scalar, Value, integer_range
from jeyn.model.value_text import FORMS, LARGEST, from_text
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Reader, described
from jeyn_gen.load.nodes import Node, ScalarNode


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
        return from_text(node.text, scalar)
    except (ValueError, OverflowError):
        fix = f"write it as {FORMS[family]}"
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
