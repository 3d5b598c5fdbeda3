"""A file system of a few MiB that can be full or read-only, for commands that are started in its namespace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from processes import Unavailable

_MOUNT = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && echo mounted && exec cat'
_KINDS = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])


class SmallDisk:
    """A tmpfs at `folder`, in a mount namespace of its own: it is gone with the process that holds it.

    Unavailable where a user may not mount anything, not even there. https://man7.org/linux/man-pages/man7/user_namespaces.7.html
    """

    def __init__(self, folder: Path, size: str) -> None:
        folder.mkdir()
        self.folder = folder
        self._holder = self._mount(size)
        ours, its = (Path(f"/proc/{pid}/ns/user").readlink() for pid in ("self", self._holder.pid))
        user = ["--user", "--preserve-credentials"] if ours != its else []
        self.enter = ["nsenter", f"--target={self._holder.pid}", "--mount", *user]
        self._inside = Path(f"/proc/{self._holder.pid}/root{folder}")

    @contextmanager
    def with_room_for(self, left: int) -> Iterator[None]:
        """All but so many bytes, rounded to pages, are taken meanwhile."""
        filler = self._inside / "filler"
        free = os.statvfs(self._inside)
        filler.write_bytes(bytes(free.f_bavail * free.f_bsize - left))
        try:
            yield
        finally:
            filler.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nobody can write to it meanwhile, root included."""
        self._remount("ro")
        try:
            yield
        finally:
            self._remount("rw")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder.communicate()

    def _mount(self, size: str) -> subprocess.Popen[str]:
        complaints = []
        for kind in _KINDS:
            holder = subprocess.Popen(
                [*kind, "sh", "-c", _MOUNT, "sh", size, str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            assert holder.stdout is not None
            if holder.stdout.readline() == "mounted\n":
                return holder
            complaints.append(holder.communicate()[1].strip())
        raise Unavailable(f"no file system can be mounted here: {'; '.join(complaints)}")

    def _remount(self, how: str) -> None:
        subprocess.run([*self.enter, "mount", "-o", f"remount,{how}", str(self.folder)], check=True)
