"""Values of the model and prose as Python source. Text of users can only ever become a literal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from jeyn_gen.emit.layout import WIDTH, Brackets, Part, laid_out, named

_MOMENT = re.compile(r"datetime\.(\w+)\((.*)\)")
_QUOTES = re.compile(r'"{3,}|\A"|"\Z')  # what would end a docstring, and what it can neither begin nor end with


def quoted(text: str | bytes) -> str:
    """A literal where anything unprintable is escaped, in the quotes that need fewer escapes."""
    bare, prefix = _bare(text), "b" if isinstance(text, bytes) else ""
    quote = "'" if bare.count('"') > bare.count("'") else '"'
    return f"{prefix}{quote}{bare.replace(quote, chr(92) + quote)}{quote}"


def _bare(text: str | bytes) -> str:
    """What stands between the quotes of a literal, quotes not escaped."""
    literal = repr(text)
    inner = literal[literal.index(literal[-1]) + 1 : -1]
    return inner.replace("\\'", "'") if literal[-1] == "'" else inner


def docstring(text: str, indent: str = "") -> str:
    """A docstring on lines of its own. Backslashes, quotes that would end it and what is unprintable are escaped."""
    first, *others = text.strip().split("\n")
    lines = [first, *textwrap.dedent("\n".join(others)).split("\n")] if others else [first]
    wrapped = [piece.rstrip() for line in lines for piece in _wrapped(_bare(line), WIDTH - len(indent) - 6)]
    body = "\n".join([wrapped[0], *(f"{indent}{line}" if line else "" for line in wrapped[1:])])
    if len(wrapped) > 1:
        body += f"\n{indent}"
    body = _QUOTES.sub(lambda found: found[0].replace('"', '\\"'), body)
    return f'{indent}"""{body}"""'


def _wrapped(line: str, width: int) -> list[str]:
    """A line as several; none is broken within an escape, since escapes hold no blank."""
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def expression(value: Any, indent: int = 0, used: int = 0) -> str:
    """An expression for a model value, broken over lines where it does not fit.

    `indent` is that of the line that it begins on, `used` how many columns of that line stand before it.
    """
    return laid_out(part_of(value), indent, used)


def part_of(value: Any, aliases: Mapping[str, str] = MappingProxyType({})) -> Part:
    """The expression of a model value; `aliases` are what else to call moments and decimals by."""
    if isinstance(value, str | bytes):
        return quoted(value)
    if isinstance(value, tuple):
        return Brackets("(", map(part_of, value), ")", alone=",")
    if isinstance(value, float):
        return repr(value) if value - value == 0 else Brackets("float(", [f'"{value!r}"'], ")")
    if isinstance(value, Decimal):
        return Brackets(f"{aliases.get('Decimal', 'Decimal')}(", [f'"{value}"'], ")")
    if isinstance(value, datetime | timedelta | date):
        made = _MOMENT.fullmatch(repr(value).replace("datetime.timezone.utc", aliases.get("UTC", "UTC")))
        assert made is not None, "moments are naive or in UTC"
        return Brackets(f"{aliases.get(made[1], made[1])}(", made[2].split(", "), ")")
    if is_dataclass(value) and not isinstance(value, type):
        return Brackets(
            f"{type(value).__name__}(", [named(name, part_of(item)) for name, item in _arguments(value)], ")"
        )
    assert value is None or isinstance(value, bool | int), value
    return repr(value)


def _arguments(value: Any) -> list[tuple[str, Any]]:
    """The fields of a dataclass that differ from their default."""
    held = [(field, getattr(value, field.name)) for field in fields(value)]
    return [(field.name, item) for field, item in held if field.default is MISSING or item != field.default]


def imports_of(*values: Any) -> list[str]:
    """Import lines for what the expressions of these values use."""
    return sorted(f"from {module} import {name}" for module, name in _used(values))


def _used(values: Iterable[Any]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for value in values:
        if isinstance(value, tuple):
            found |= _used(value)
        elif isinstance(value, datetime | timedelta | date | Decimal):
            found.add((type(value).__module__, type(value).__name__))
            if getattr(value, "tzinfo", None) is not None:
                found.add(("datetime", "UTC"))
        elif is_dataclass(value):
            found.add((type(value).__module__, type(value).__name__))
            found |= _used(item for _, item in _arguments(value))
    return found
