"""A traceback as the user wants to read it: from their own code on, without Jeyn's frames above."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from traceback import FrameSummary, TracebackException

from jeyn.model.modules import GENERATED

_HERE = Path(__file__).resolve().parents[1]
_MOST_FRAMES = 12
# Of what led to an error one after the other, and of all errors in a group: the members, and what led to them.
_MOST_CAUSES, _MOST_MEMBERS = 6, 12
# As Python says it.
_CAUSE = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"


def excerpt(error: BaseException, root: Path) -> str:
    """The error and the frames that led to it, beginning with the first in the project's own code.

    What it was raised from, or while handling what, stands before it, as in Python; the members of a group after it.
    No text of an error is cut or indented: what masks secrets afterwards must find them whole.
    """
    return "\n".join(_Excerpt(root).lines(TracebackException.from_exception(error)))


class _Excerpt:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._left = _MOST_MEMBERS

    def lines(self, told: TracebackException, place: str = "") -> Iterator[str]:
        """An error with all that led to it; `place` is that of a member of a group, such as `2.1`."""
        chain = _chain(told)
        if len(chain) > _MOST_CAUSES:
            left_out = len(chain) - _MOST_CAUSES
            first, rest = chain[: _MOST_CAUSES // 2], chain[-_MOST_CAUSES // 2 :]
            chain = [*first, (None, f"\n… {left_out} more exceptions between these …\n"), *rest]
        for one, link in chain:
            if one is not None:
                yield from self._one(one, place)
            if link:
                yield link

    def _one(self, told: TracebackException, place: str) -> Iterator[str]:
        frames = list(told.stack)
        own = next((at for at, frame in enumerate(frames) if _is_own(frame.filename, self._root)), len(frames))
        shown = frames[own:]
        if len(shown) > _MOST_FRAMES:
            shown = [*shown[: _MOST_FRAMES // 2], *shown[-_MOST_FRAMES // 2 :]]
        yield from (_frame(frame, self._root) for frame in shown)
        yield from (line.rstrip() for line in told.format_exception_only())
        members = told.exceptions or []
        for number, member in enumerate(members, start=1):
            if self._left <= 0:
                yield f"… {len(members) - number + 1} more sub-exceptions"
                break
            self._left -= 1
            its_place = f"{place}.{number}" if place else str(number)
            yield f"sub-exception {its_place}:"
            yield from self.lines(member, its_place)


def _chain(told: TracebackException) -> list[tuple[TracebackException | None, str]]:
    """What led to an error, the first thing first, and itself, each with how it led to the next."""
    chain: list[tuple[TracebackException | None, str]] = [(told, "")]
    while True:
        if told.__cause__ is not None:
            told, link = told.__cause__, _CAUSE
        elif told.__context__ is not None and not told.__suppress_context__:
            told, link = told.__context__, _CONTEXT
        else:
            return chain[::-1]
        chain.append((told, f"\n{link}\n"))


def _frame(frame: FrameSummary, root: Path) -> str:
    path = Path(frame.filename)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else frame.filename
    return f"  {name}:{frame.lineno} in {frame.name}\n    {frame.line}"


def _is_own(filename: str, root: Path) -> bool:
    path = Path(filename)
    if not path.is_absolute() or not path.is_relative_to(root) or path.is_relative_to(_HERE):
        return False
    parts = path.relative_to(root).parts
    return parts[0] != GENERATED and not any(part.startswith(".") or part == "site-packages" for part in parts)
