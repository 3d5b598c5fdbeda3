"""A file that is digested while it is written, so that its bytes are not read again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

#: What a piece of a file may be; a memoryview must be contiguous, of any item type.
Bytes = bytes | memoryview


class DigestingFile:
    """A new binary file, or an old one emptied; `digest` is of all that was written so far."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=1 << 16)
        self._sha256 = hashlib.sha256()

    def write(self, data: Bytes) -> int:
        data = bytes(data)  # of an array that another thread changes meanwhile, the same is digested and written
        self._sha256.update(data)
        return self._file.write(data)

    @property
    def digest(self) -> str:
        return f"sha256:{self._sha256.hexdigest()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
