"""Git's name for a file's content, computed here: no process, and no GitPython."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_CHUNK = 1024 * 1024


def blob_id(path: Path, *, digits: int) -> str:
    """The id of a file's bytes as they are on disk, or of a link's target; OSError if there is neither.

    `digits` is the length of the repository's ids: 40 are SHA-1, 64 are SHA-256. Format:
    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
    """
    state = hashlib.sha256() if digits == 64 else hashlib.sha1(usedforsecurity=False)
    if path.is_symlink():
        target = os.fsencode(path.readlink())
        state.update(b"blob %d\0" % len(target) + target)
        return state.hexdigest()
    with path.open("rb") as file:
        state.update(b"blob %d\0" % os.fstat(file.fileno()).st_size)
        while chunk := file.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def quoted(path: str) -> bytes:
    """A path as one line, quoted as in C, which git reads wherever it reads paths by lines."""
    return b'"%s"\n' % b"".join(
        b"%c" % byte if 32 <= byte < 127 and byte not in b'"\\' else b"\\%03o" % byte for byte in os.fsencode(path)
    )
