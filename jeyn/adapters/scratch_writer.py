"""A blob on its way: written to a scratch file and hashed, both at once where that is worth a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from jeyn.errors import Unreachable

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_WORTH_A_THREAD = 1 << 20


class ScratchWriter:
    """What every BlobWriter here does until its commit. Leaving its `with` block removes what is left of the file."""

    def __init__(self, path: Path, file: BinaryIO, unusable: Callable[[OSError], Unreachable]) -> None:
        """`file` is `path`, opened to be written without a buffer; `unusable` makes the error of one that cannot be."""
        self._path = path
        self._file = file
        self._unusable = unusable
        self._hash = hashlib.sha256()
        self._size = 0
        self._threads: ThreadPoolExecutor | None = None

    def write(self, data: bytes | memoryview, /) -> int:
        view = memoryview(data).cast("B")
        try:
            if len(view) < _WORTH_A_THREAD:
                self._hash.update(view)
                write_all(self._file, view)
            else:
                hashed = self._pool().submit(self._hash.update, view)
                write_all(self._file, view)
                hashed.result()
        except OSError as error:
            raise self._unusable(error) from error
        self._size += len(view)
        return len(view)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()
        self._path.unlink(missing_ok=True)

    @property
    def _digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor

            self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="jeyn-blob")
        return self._threads

    def _finish(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True)
            self._threads = None
        self._file.close()


def write_all(file: BinaryIO, view: memoryview) -> None:
    """Write all bytes to a file that may take them in pieces."""
    while len(view):
        view = view[file.write(view) :]
