"""A blob store in a folder: `sha256/ab/cdef…`, each file named by the digest of its bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.adapters.scratch_writer import ScratchWriter
from jeyn.errors import IntegrityError, Unreachable
from jeyn.model.artefact import Blob
from jeyn.model.references import DIGEST

if TYPE_CHECKING:
    from concurrent.futures import Future

_FLUSH_EVERY = 64 << 20


class FolderBlobStore:
    """A BlobStore below one folder.

    A blob is written to a scratch file on the same file system, synchronised, and renamed into place, so that a
    name never stands for anything but whole bytes. What is left in `scratch/` belonged to a process that was killed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._checked: dict[str, tuple[int, int, int]] = {}

    def writer(self) -> FolderBlobWriter:
        return FolderBlobWriter(self, self.scratch())

    def scratch(self, suffix: str = "") -> Path:
        import tempfile

        folder = self._root / "scratch"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(suffix, dir=folder)
        except OSError as error:
            raise self.unusable(error) from error
        os.close(handle)
        return Path(name)

    def adopt(self, path: Path, name: str, digest: str = "") -> Blob:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            if path.stat().st_dev != self._root.stat().st_dev:
                path = self._copied_here(path)
            with path.open("rb") as file:
                digest = digest or f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
                size = os.fstat(file.fileno()).st_size
                os.fsync(file.fileno())
            self.place(path, digest)
        except OSError as error:
            raise self.unusable(error) from error
        return Blob(name, digest, size)

    def exists(self, digest: str) -> bool:
        try:
            return self._path(digest).is_file()
        except OSError as error:
            raise self.unusable(error) from error

    def fetch(self, digest: str) -> Path:
        path = self._path(digest)
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                seen = (status.st_ino, status.st_size, status.st_mtime_ns)
                if self._checked.get(digest) == seen:
                    return path
                actual = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        except FileNotFoundError:
            raise IntegrityError(
                f"the blob {digest} is not in {self._root}", "restore it, or run the step again with --force"
            ) from None
        except OSError as error:
            raise self.unusable(error) from error
        if actual != digest:
            raise IntegrityError(
                f"the bytes of {path} have the digest {actual}, not the one in their name",
                "restore the file from a backup, or run the step that made it again with --force",
            )
        self._checked[digest] = seen
        return path

    def check(self, digest: str) -> None:
        self._checked.pop(digest, None)
        self.fetch(digest)

    def digests(self) -> Iterator[str]:
        for folder in self._names(self._root / "sha256"):
            for rest in self._names(self._root / "sha256" / folder):
                digest = f"sha256:{folder}{rest}"
                if DIGEST.fullmatch(digest):
                    yield digest

    def place(self, path: Path, digest: str) -> None:
        """Rename a synchronised scratch file to its digest. Replacing equal bytes renews their age."""
        target = self._path(digest)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(target.parent.parent)
            _sync_folder(self._root)
        path.chmod(0o444)
        os.utime(path)  # what is adopted may be older than the blob that it renews
        path.replace(target)
        _sync_folder(target.parent)

    def _names(self, folder: Path) -> list[str]:
        try:
            return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            raise self.unusable(error) from error

    def _copied_here(self, path: Path) -> Path:
        """A file of another file system, from where no rename leads here."""
        import shutil

        here = self.scratch()
        try:
            shutil.copyfile(path, here)
            path.unlink()
        except OSError:
            here.unlink(missing_ok=True)
            raise
        return here

    def _path(self, digest: str) -> Path:
        assert DIGEST.fullmatch(digest), digest
        return self._root / "sha256" / digest[7:9] / digest[9:]

    def unusable(self, error: OSError) -> Unreachable:
        return Unreachable(f"the blob store {self._root} cannot be used: {error}", "check free space and rights")


class FolderBlobWriter(ScratchWriter):
    """Starts early on getting the bytes to the disk."""

    def __init__(self, store: FolderBlobStore, path: Path) -> None:
        super().__init__(path, path.open("wb", buffering=0), store.unusable)
        self._store = store
        self._flush: Future[None] | None = None
        self._flushed = 0

    def write(self, data: bytes | memoryview, /) -> int:
        written = super().write(data)
        if self._size - self._flushed >= _FLUSH_EVERY and (self._flush is None or self._flush.done()):
            self._await_flush()
            self._flushed = self._size
            self._flush = self._pool().submit(os.fsync, self._file.fileno())
        return written

    def commit(self, name: str) -> Blob:
        digest = self._digest
        self._await_flush()
        try:
            os.fsync(self._file.fileno())
            self._finish()
            self._store.place(self._path, digest)
        except OSError as error:
            raise self._unusable(error) from error
        return Blob(name, digest, self._size)

    def _await_flush(self) -> None:
        """The system tells a failed write to whoever synchronises next, once: do not lose what it told."""
        try:
            if self._flush is not None:
                self._flush.result()
        except OSError as error:
            raise self._unusable(error) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
