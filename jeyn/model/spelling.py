"""What somebody may have meant who wrote a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable

# As many letters can be wrong in a word that is near another.
_NEAR = 2
# A longer word is no name that somebody has misspelt.
_LONGEST = 200


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, or nothing if none is like it."""
    import difflib  # only who has made a mistake waits for it

    words = list(known)
    return surely(word, words) or next(iter(difflib.get_close_matches(word, words, n=1)), "")


def surely(word: str, known: Iterable[str]) -> str:
    """The one known word that can have been meant, or nothing where that is not certain.

    No other known word is near, fewer than a third of its letters are wrong, and all digits are right: `v1` and `v2`
    are no misspellings of each other.
    """
    near = [other for other in set(known) if _distance(word, other) <= _NEAR]
    if len(near) != 1 or _digits(near[0]) != _digits(word):
        return ""
    return near[0] if _distance(word, near[0]) * 3 < max(len(word), len(near[0])) else ""


def _digits(word: str) -> list[str]:
    return [char for char in word if char.isdigit()]


def _distance(one: str, other: str) -> int:
    """How many letters are wrong, missing, needless or exchanged with their neighbour (optimal string alignment).

    Exact up to _NEAR, and more than that beyond.
    """
    if abs(len(one) - len(other)) > _NEAR or max(len(one), len(other)) > _LONGEST:
        return _NEAR + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != wanted))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > _NEAR and min(before) > _NEAR:
            return _NEAR + 1
    return row[-1]
