"""One function over many items in several processes, for work that Python does under its one lock."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import IO, Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_PROCESSES = 8


def side_by_side(work: Callable[[Sequence[T]], R], items: Sequence[T], least: int) -> list[R]:
    """`work` over successive parts of the items, in their order, each of at least so many items.

    `least` is where starting a process costs about what it saves. The parts are worked on by forks of this process,
    which share what it has imported and read, and whose results come back pickled. What a fork could not do, by an
    error or because it was ended, is done here.
    """
    parts = _parts(items, least)
    children = [_Child(work, part) for part in parts[1:]]
    return [work(parts[0]), *(child.result() for child in children)]


def _parts(items: Sequence[T], least: int) -> list[Sequence[T]]:
    count = min(_MOST_PROCESSES, os.cpu_count() or 1, len(items) // least)
    if count < 2 or not hasattr(os, "fork") or threading.active_count() > 1:  # a fork has one thread
        return [items]
    size = -(-len(items) // count)
    return [items[start : start + size] for start in range(0, len(items), size)]


class _Child:
    """A fork that works on one part."""

    def __init__(self, work: Callable[[Sequence[T]], Any], part: Sequence[T]) -> None:
        self._work = partial(work, part)
        end, begin = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._process = os.fork()
        if self._process == 0:
            os.close(end)
            _answer(self._work, os.fdopen(begin, "wb"))
        os.close(begin)
        self._pipe = os.fdopen(end, "rb")

    def result(self) -> Any:
        with self._pipe:
            answer = self._pipe.read()
        os.waitpid(self._process, 0)
        try:
            return pickle.loads(answer)  # noqa: S301  # of our own fork, through a pipe that nobody else has
        except (pickle.UnpicklingError, EOFError):
            return self._work()


def _answer(work: Callable[[], object], pipe: IO[bytes]) -> None:
    """Send the result and end, without anything that this process would do at its end."""
    try:
        with pipe:
            pickle.dump(work(), pipe, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)
