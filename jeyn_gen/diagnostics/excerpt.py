"""A line of a file as a terminal shows it, with carets below what a finding is about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from jeyn_gen.diagnostics.source import extent

# Columns of a terminal: of a whole excerpt, and of what stands before the place in one that is cut.
_WIDEST = 120
_BEFORE = 60
# A line can be as long as a file, and characters without width have no end: so many are looked at, at most.
_FAR = 2 * _WIDEST
_TAB = "    "
_CUT = "…"


def excerpt(line: str, column: int) -> tuple[str, str]:
    """The line, cut around the column if it is long, and the line of carets that belongs below it."""
    at, length = column - 1, extent(line, column)
    while length and at and not _cell(line[at])[1]:  # a mark stands on the character before it
        at, length = at - 1, length + 1
    start, end = _window(line, at)
    before, of = _cells(line[start:at]), _cells(line[at : min(at + length, end)])
    shown = before[0] + of[0] + _cells(line[at + length : end])[0]
    left, right = _CUT if start else "", _CUT if end < len(line) else ""
    return f"{left}{shown}{right}", " " * (len(left) + before[1]) + "^" * max(of[1], 1)


def printable(text: str) -> str:
    """Text from a document without what a terminal would obey or cannot show: escapes for control and direction
    characters, for ends of line, and for the bytes of a file's name that are no text.
    """
    if text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" else char
        for char in text
    )


def _cell(char: str) -> tuple[str, int]:
    """What a character is shown as, and how many columns that takes: https://www.unicode.org/reports/tr11/."""
    if char == "\t":
        return _TAB, len(_TAB)
    shown = printable(char)
    if shown != char:
        return shown, len(shown)
    if unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff":  # marks, and inner parts of Hangul
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cells(text: str) -> tuple[str, int]:
    cells = [_cell(char) for char in text]
    return "".join(shown for shown, _ in cells), sum(width for _, width in cells)


def _window(line: str, at: int) -> tuple[int, int]:
    """Which part of the line is shown."""
    if len(line) <= _FAR and _cells(line)[1] <= _WIDEST:
        return 0, len(line)
    start = at - _fitting(reversed(line[max(at - _FAR, 0) : at]), _BEFORE)
    return start, at + _fitting(line[at : at + _FAR], _WIDEST - _cells(line[start:at])[1])


def _fitting(text: Iterable[str], columns: int) -> int:
    """How many characters fit into so many columns."""
    count = 0
    for char in text:
        columns -= _cell(char)[1]
        if columns < 0:
            break
        count += 1
    return count
