"""Blobs on their way to an object store: on disk and hashed, since a blob has no name before all of it is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from jeyn.adapters.object_cache import BlobCache
from jeyn.adapters.scratch_writer import ScratchWriter
from jeyn.model.artefact import Blob

#: Makes a blob of a file exist: its path, digest and size in bytes. It raises what a commit raises.
Upload = Callable[[Path, str, int], None]


def open_scratch(path: Path) -> BinaryIO:
    """A new, empty scratch file, to be written.

    It is not truncated: ext4 writes out what was truncated as soon as it is closed, to save those who replace files
    without fsync, and the disk is better left to others. https://docs.kernel.org/admin-guide/ext4.html (auto_da_alloc)
    """
    return path.open("r+b", buffering=0)


class SpooledBlobWriter(ScratchWriter):
    """Collects a blob in the cache's scratch folder; its commit sends it."""

    def __init__(self, cache: BlobCache, upload: Upload) -> None:
        path = cache.scratch()
        super().__init__(path, open_scratch(path), cache.unusable)
        self._cache = cache
        self._upload = upload

    def commit(self, name: str) -> Blob:
        self._finish()
        self._upload(self._path, self._digest, self._size)
        self._cache.keep(self._path, self._digest)
        return Blob(name, self._digest, self._size)
