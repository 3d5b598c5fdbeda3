"""Text and values as YAML that Jeyn, and any reader of YAML 1.1 or 1.2, reads as exactly them.

Text of users stands in plain form only where nothing in it means anything to YAML; all else stands in double quotes on
one line, what does not print escaped, so that it can neither end what it is part of nor begin something else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ .-]*[A-Za-z0-9_])?")
#: What YAML 1.1 or 1.2 takes for something else than text.
_WORDS = frozenset("null true false yes no on off y n".split())
_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# libyaml looks for the colon of a key within 1024 characters; beyond that a key is marked by a `?`.
_MOST_OF_A_KEY = 1000


def text(value: str) -> str:
    """Text, without quotes where that is safe and usual."""
    is_plain = _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS and len(value) <= _MOST_OF_A_KEY
    return value if is_plain else quoted(value)


def quoted(value: str) -> str:
    """Text in double quotes, on one line."""
    return f'"{"".join(map(_escaped, value))}"'


def pair(key: str, value: str) -> list[str]:
    """The lines of a key with a value that fits on its line."""
    written = text(key)
    return [f"{written}: {value}"] if len(written) <= _MOST_OF_A_KEY else [f"? {written}", f": {value}"]


def opened(key: str) -> list[str]:
    """The lines of a key whose value stands on the lines after it, indented."""
    written = text(key)
    return [f"{written}:"] if len(written) <= _MOST_OF_A_KEY else [f"? {written}", ":"]


def flow(value: Any) -> str:
    """A mapping, a list or a value of a document on one line; TypeError for anything else."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{text(key)}: {flow(held)}" for key, held in value.items()) + "}"
        case list() | tuple():
            return f"[{', '.join(map(flow, value))}]"
        case str():
            return text(value)
        case bool():
            return str(value).lower()
        case float():
            return _number(value)
        case int():
            return str(value)
        case Decimal():
            return f'"{value:f}"'
        case bytes():
            return f'"{value.hex()}"'
        case datetime() | date():
            return f'"{value.isoformat()}"'
        case timedelta():
            return _duration(value)
    raise TypeError(f"no value of a document: {value!r}")


def _escaped(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"


def _duration(value: timedelta) -> str:
    """ISO 8601; one before zero, which a document cannot state, with a sign in front."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    rest = f".{value.microseconds:06}" if value.microseconds else ""
    return f"{sign}P{value.days}DT{value.seconds // 3600}H{value.seconds % 3600 // 60}M{value.seconds % 60}{rest}S"
