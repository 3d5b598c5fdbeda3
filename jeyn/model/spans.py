"""Spans of time as people write them, in whole seconds: `90s`, `10m`, `1h30m`, as Go and Kubernetes do.

https://pkg.go.dev/time#ParseDuration, without what is below a second.
"""

from __future__ import annotations

import re

SPAN = re.compile(r"(?=\d)(?:(?P<h>\d{1,9})h)?(?:(?P<m>\d{1,9})m)?(?:(?P<s>\d{1,9})s)?", re.ASCII)
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def seconds_in(text: str) -> int:
    """How many seconds a span has; ValueError for what is none."""
    match = SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not a span of time: {text!r}")
    return sum(int(number) * _SECONDS[unit] for unit, number in match.groupdict("0").items())


def span_of(seconds: int) -> str:
    """So many seconds as a span: 5400 is `1h30m`."""
    parts: list[str] = []
    for unit, length in _SECONDS.items():
        number, seconds = divmod(seconds, length)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"
