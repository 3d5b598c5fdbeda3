"""Taking turns among processes.

SQLite lets a writer that finds the file locked sleep for up to 100 ms before it looks again, and whoever has just
written is there first. Of eight processes that write without a pause, one may so wait for ten seconds. Here a
waiting process looks every few milliseconds, at a lock that costs a microsecond to look at.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FIRST_PAUSE, _LONGEST_PAUSE = 0.0002, 0.004


class Turns:
    """A file that whoever writes holds meanwhile. One per store: its own threads take turns by a lock of theirs."""

    def __init__(self, path: Path, patience: float) -> None:
        """The file is made when it is first needed, and stays empty."""
        self._path = path
        self._patience = patience
        self._handle: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the file, or go on without after `patience` seconds: it is a courtesy, not a lock.

        The file is free again when its holder ends, however that ends.
        """
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        end = time.monotonic() + self._patience
        pause = _FIRST_PAUSE
        while not self._is_taken(self._handle) and time.monotonic() < end:
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        try:
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @staticmethod
    def _is_taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
