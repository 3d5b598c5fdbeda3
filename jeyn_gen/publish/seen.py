"""Generated files that were read and found fresh, so that they need not be read again while nothing has touched them.

What tells is what git goes by: the file's size, times and inode (https://git-scm.com/docs/racy-git), of which the time
of its last change of any kind is one that no program can set.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from jeyn_gen.emit.units import maker
from jeyn_gen.load.kept import Kept, Row

#: The coarsest clock of a file system, FAT's: within it a second change of a file may leave its times as they are.
_TICK = 2_000_000_000


class Seen:
    """The fresh files of a project, as a file in its state folder has them."""

    def __init__(self, state: Path | None) -> None:
        """Without a folder nothing is known, and nothing is kept."""
        self._kept = Kept(state, "generated", maker())
        self._now: dict[str, Row] = {}
        self._settled = time.time_ns() - _TICK

    def is_fresh(self, path: str, status: os.stat_result, inputs_digest: str) -> bool:
        """Whether a file of this status was found to be what this Jeyn makes of these inputs."""
        row = _row(status, inputs_digest)
        if self._kept.rows.get(path) != row:
            return False
        self._now[path] = row
        return True

    def note(self, path: str, status: os.stat_result, inputs_digest: str) -> None:
        """Note that a file is fresh, which was read after this was its status."""
        if max(status.st_mtime_ns, status.st_ctime_ns) < self._settled:
            self._now[path] = _row(status, inputs_digest)

    def keep(self) -> None:
        """Remember the fresh files, and no others."""
        self._kept.replace(self._now)


def _row(status: os.stat_result, inputs_digest: str) -> Row:
    times = status.st_mtime_ns, status.st_ctime_ns
    return [inputs_digest, status.st_size, *times, status.st_ino, status.st_dev]
