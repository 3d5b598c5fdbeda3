"""What somebody may have meant who wrote a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, or nothing if none is like it."""
    import difflib  # only who has made a mistake waits for it

    return next(iter(difflib.get_close_matches(word, list(known), n=1)), "")
