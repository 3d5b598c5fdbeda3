"""Cron expressions as Argo Workflows reads them, and whether they ever fire.

The syntax is that of its parser, https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format: five fields
or a word such as `@daily`; neither `L` nor `#`, and Sunday is 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
_WEEKDAYS = tuple("sun mon tue wed thu fri sat".split())
_LONGEST = {month: 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)}
_RANGE = re.compile(r"(?P<low>\*|\?|\w+)(?:-(?P<high>\w+))?(?:/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the five fields: its name, the values that it can have, and words for these, from the lowest on."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_MINUTE, _HOUR = _Kind("minute", 0, 59), _Kind("hour", 0, 23)
_DAY, _MONTH = _Kind("day of the month", 1, 31), _Kind("month", 1, 12, _MONTHS)
_WEEKDAY = _Kind("day of the week", 0, 6, _WEEKDAYS)
_FIELDS = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)
_MOST_DIGITS = 9


class _Unclear(Exception):
    """Why a field is none."""


def cron_problem(text: str) -> str | None:
    """Why an expression of five fields, or a word, is never fired or cannot be; None where it is in order."""
    if text.startswith("@"):
        return None
    try:
        values = {kind: _values(kind, part) for kind, part in zip(_FIELDS, text.split(), strict=True)}
    except _Unclear as unclear:
        return str(unclear)
    if values[_WEEKDAY] is not None:  # with days of both kinds, either of them is enough
        return None
    days, months = values[_DAY], values[_MONTH] or set(_LONGEST)
    if days is None or min(days) <= max(_LONGEST[month] for month in months):
        return None
    return f"no month of these has a day {min(days)}, so it never fires"


def _values(kind: _Kind, text: str) -> set[int] | None:
    """The values of a field; None where they are all of them because nothing else is said."""
    found: set[int] = set()
    is_open = False
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None or len(match["step"] or "") > _MOST_DIGITS:
            raise _Unclear(f"the {kind.name} cannot be {part[:40]!r}")
        step = int(match["step"] or 1)
        if match["low"] in ("*", "?"):
            if match["high"]:
                raise _Unclear(f"the {kind.name} cannot be {part[:40]!r}")
            low, high = kind.low, kind.high
            is_open = is_open or step == 1
        else:
            low = _number(kind, match["low"])
            high = _number(kind, match["high"]) if match["high"] else kind.high if match["step"] else low
        if step == 0 or low > high:
            raise _Unclear(f"the {kind.name} {part[:40]!r} has no values")
        found |= set(range(low, high + 1, step))
    return None if is_open else found


def _number(kind: _Kind, text: str) -> int:
    if text.lower() in kind.words:
        return kind.low + kind.words.index(text.lower())
    if not text.isdigit() or len(text) > _MOST_DIGITS:
        raise _Unclear(f"the {kind.name} cannot be {text[:40]!r}")
    if not kind.low <= int(text) <= kind.high:
        raise _Unclear(f"the {kind.name} goes from {kind.low} to {kind.high}, and cannot be {text}")
    return int(text)
