"""The lines of the files that findings are in, and what stands at a place in a line."""

from __future__ import annotations

import re
from collections.abc import Callable

from jeyn_gen.diagnostics.finding import Location

# What libyaml, whose counting places follow, takes for the end of a line: https://yaml.org/spec/1.1/#b-char
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# How far around a place is looked: a line can be as long as a file.
_FAR = 2000
_QUOTED = r"""(?<![^\s,\[\]{}:])(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')"""
_PARTS = re.compile(rf"{_QUOTED}|[\[\]{{}}]")
_NAMED = re.compile(r"[&*!][^\s,\[\]{}]*")
_END_IN_BLOCK = re.compile(r"\s*:(?=\s|$)|\s+#|\s*$")
_END_IN_BRACKETS = re.compile(r"\s*:(?=[\s,\[\]{}]|$)|\s+#|\s*$|\s*[,\[\]{}]")


class Sources:
    """Files by path, each read and split once. `text_of` gives the text of one, or None where there is none."""

    def __init__(self, text_of: Callable[[str], str | None]) -> None:
        self._text_of = text_of
        self._lines: dict[str, list[str]] = {}

    def line(self, place: Location) -> str | None:
        """The line that a place is in; None where no such file can be read, or it has no such place."""
        if place.path not in self._lines:
            text = self._text_of(place.path)
            self._lines[place.path] = [] if text is None else _LINE_END.split(text)
        lines = self._lines[place.path]
        if place.line > len(lines) or place.column > len(lines[place.line - 1]) + 1:
            return None
        return lines[place.line - 1]


def no_sources() -> Sources:
    """Where nothing can be read."""
    return Sources(lambda _: None)


def line_starts(text: str) -> list[int]:
    """Where each line of a text begins."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def extent(line: str, column: int) -> int:
    """How many characters belong to what stands at a column of a YAML document: a key, a scalar, a collection.

    At least 1, or 0 at the line's end. A collection that is not closed in this line counts with its bracket alone.
    """
    at = column - 1
    rest = line[at : at + _FAR]
    if not rest or rest[0].isspace():
        return min(len(rest), 1)
    if rest[0] in "[{":
        return _collection(rest)
    if rest[0] in "\"'":
        quoted = re.match(_QUOTED, rest)
        return len(quoted[0] if quoted else rest.rstrip())
    named = _NAMED.match(rest)
    if named:
        return len(named[0])
    end = (_END_IN_BRACKETS if _is_in_brackets(line[max(at - _FAR, 0) : at]) else _END_IN_BLOCK).search(rest)
    return max(end.start() if end else len(rest), 1)


def _collection(rest: str) -> int:
    depth = 0
    for part in _PARTS.finditer(rest):
        depth += (part[0] in "[{") - (part[0] in "]}")
        if not depth:
            return part.end()
    return 1


def _is_in_brackets(before: str) -> bool:
    parts = [part[0] for part in _PARTS.finditer(before)]
    return sum(part in "[{" for part in parts) > sum(part in "]}" for part in parts)
