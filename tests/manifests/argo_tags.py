"""Argo's tags: `{{variable}}`, and expressions in them, `{{=expression}}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`", re.DOTALL)


def tags(written: str) -> Iterator[str]:
    """What stands in the tags of a text; of an expression with its equals sign."""
    yield from (found.strip() for found in _TAG.findall(written))


def expressions(written: str) -> Iterator[str]:
    """The expressions in the tags of a text."""
    yield from (tag[1:] for tag in tags(written) if tag.startswith("="))


def variable(prefix: str) -> re.Pattern[str]:
    """Matches `PREFIX.name` and `PREFIX["name"]`, for `names_in`."""
    return re.compile(rf"\b{re.escape(prefix)}(?:\.([\w-]+)|\[\s*(\"[^\"]*\"|'[^']*')\s*\])")


def names_in(code: str, of: re.Pattern[str]) -> Iterator[str]:
    """The names that a variable is asked for in a tag or an expression; what stands in quotes there is text."""
    quoted = [found.span() for found in _QUOTED.finditer(code)]
    for found in of.finditer(code):
        if not any(start <= found.start() < end for start, end in quoted):
            yield found[1] or found[2][1:-1]
