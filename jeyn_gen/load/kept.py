"""Files of the state folder that hold what can be found out again, each of which may be deleted at any time.

The first line of one is a digest of what it was made by and one of the rest; then follow a line of JSON, its rows by
path, and bytes that the rows tell of. So nothing in it can become code, and a file that another Jeyn made, or that is
damaged, is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jeyn.local_files import write_ignored

#: To find out so many of a hundred rows again takes no longer than to write all anew.
_TOLERATED = 0.02

#: What is known of a file, in plain JSON.
Row = list[Any]


class Kept:
    """The rows of one such file, and the bytes after them."""

    def __init__(self, state: Path | None, name: str, maker: str) -> None:
        """Without a folder there are none, and none are kept. `maker`: a digest of what else decides about them."""
        self._file = state / name if state else None
        self._maker = maker
        line, _, self.content = self._read().partition(b"\n")
        self.rows: dict[str, Row] = json.loads(line) if line else {}

    def replace(self, rows: Mapping[str, Row], content: Callable[[], bytes] = bytes) -> None:
        """Keep other rows and bytes, unless nearly all rows are as they were.

        A disk that is full or read-only makes no difference but in time.
        """
        differing = sum(rows.get(path) != self.rows.get(path) for path in {*rows, *self.rows})
        if self._file is None or differing <= _TOLERATED * len(rows):
            return
        rest = b"\n".join([json.dumps(rows).encode(), content()])
        try:
            write_ignored(self._file, b"\n".join([self._line(rest), rest]))
        except OSError:
            return

    def _read(self) -> bytes:
        if self._file is None:
            return b""
        try:
            line, _, rest = self._file.read_bytes().partition(b"\n")
        except OSError:
            return b""
        return rest if line == self._line(rest) else b""

    def _line(self, rest: bytes) -> bytes:
        return f"{self._maker} {hashlib.sha256(rest).hexdigest()}".encode()
