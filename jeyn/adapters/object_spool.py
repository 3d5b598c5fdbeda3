"""Blobs on their way to an object store: on disk and hashed, since a blob has no name before all of it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from jeyn.adapters.object_cache import BlobCache
from jeyn.model.artefact import Blob

#: Makes a blob of a file exist: its path, digest and size in bytes. It raises what a commit raises.
Upload = Callable[[Path, str, int], None]

_WORTH_A_THREAD = 1 << 20


def open_scratch(path: Path) -> BinaryIO:
    """A new, empty scratch file, to be written.

    It is not truncated: ext4 writes out what was truncated as soon as it is closed, to save those who replace files
    without fsync, and the disk is better left to others. https://docs.kernel.org/admin-guide/ext4.html (auto_da_alloc)
    """
    return path.open("r+b", buffering=0)


class SpooledBlobWriter:
    """Collects a blob in the cache's scratch folder, hashing on a second thread; its commit sends it."""

    def __init__(self, cache: BlobCache, upload: Upload) -> None:
        self._cache = cache
        self._upload = upload
        self._path = cache.scratch()
        self._file = open_scratch(self._path)
        self._hash = hashlib.sha256()
        self._size = 0
        self._thread: ThreadPoolExecutor | None = None

    def write(self, data: bytes | memoryview, /) -> int:
        view = memoryview(data).cast("B")
        try:
            if len(view) < _WORTH_A_THREAD:
                self._hash.update(view)
                write_all(self._file, view)
            else:
                self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="jeyn-blob")
                hashed = self._thread.submit(self._hash.update, view)
                write_all(self._file, view)
                hashed.result()
        except OSError as error:
            raise self._cache.unusable(error) from error
        self._size += len(view)
        return len(view)

    def commit(self, name: str) -> Blob:
        self._finish()
        digest = f"sha256:{self._hash.hexdigest()}"
        self._upload(self._path, digest, self._size)
        self._cache.keep(self._path, digest)
        return Blob(name, digest, self._size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()
        self._path.unlink(missing_ok=True)

    def _finish(self) -> None:
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        self._file.close()


def write_all(file: BinaryIO, view: memoryview) -> None:
    """Write all bytes to a file that may take them in pieces."""
    while len(view):
        view = view[file.write(view) :]
