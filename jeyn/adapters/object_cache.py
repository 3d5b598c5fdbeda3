"""Local copies of blobs that live elsewhere."""

from __future__ import annotations

from pathlib import Path

from jeyn.adapters.folder import FolderBlobStore
from jeyn.errors import Unreachable


class BlobCache(FolderBlobStore):
    """A folder of copies, laid out as a folder store, shared by any number of processes.

    It has no bound, and everything in it may be deleted at any time. A copy is checked against its digest once per
    process and state of the file, so nothing here waits for the disk: the bytes that count are elsewhere.
    """

    def keep(self, path: Path, digest: str) -> Path:
        """Move a file into the cache whose bytes were hashed on their way into it; where it is now.

        A file of another file system is only removed: a copy would cost as much as another download.
        """
        try:
            kept = self._path(digest)
            kept.parent.mkdir(parents=True, exist_ok=True)
            if path.stat().st_dev != kept.parent.stat().st_dev:
                path.unlink()
                return path
            path.chmod(0o444)
            path.replace(kept)
            status = kept.stat()
        except OSError as error:
            raise self.unusable(error) from error
        self._checked[digest] = (status.st_ino, status.st_size, status.st_mtime_ns)
        return kept

    def unusable(self, error: OSError) -> Unreachable:
        return Unreachable(f"the cache of blobs {self._root} cannot be used: {error}", "check free space and rights")
