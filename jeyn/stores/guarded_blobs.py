"""A blob store that takes no bytes in which a secret of the step stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from jeyn.model.artefact import Blob
from jeyn.ports.blobs import BlobStore, BlobWriter
from jeyn.stores.secrecy import Search, Secrecy, refusal

_CHUNK = 1 << 22


class GuardedBlobs:
    """A BlobStore for one output of a step. StepError, before they are kept, for bytes that hold a secret."""

    def __init__(self, blobs: BlobStore, secrecy: Secrecy, output: str) -> None:
        self._blobs = blobs
        self._secrecy = secrecy
        self._output = output

    def writer(self) -> BlobWriter:
        return _GuardedWriter(self._blobs.writer(), self._secrecy.search(), self._output)

    def adopt(self, path: Path, name: str, digest: str = "") -> Blob:
        search = self._secrecy.search()
        with path.open("rb") as file:
            while part := file.read(_CHUNK):
                _check(search, part, self._output)
        return self._blobs.adopt(path, name, digest)

    def scratch(self, suffix: str = "") -> Path:
        return self._blobs.scratch(suffix)

    def exists(self, digest: str) -> bool:
        return self._blobs.exists(digest)

    def fetch(self, digest: str) -> Path:
        return self._blobs.fetch(digest)

    def check(self, digest: str) -> None:
        self._blobs.check(digest)

    def digests(self) -> Iterator[str]:
        return self._blobs.digests()


class _GuardedWriter:
    def __init__(self, writer: BlobWriter, search: Search, output: str) -> None:
        self._writer = writer
        self._search = search
        self._output = output

    def write(self, data: bytes | memoryview, /) -> int:
        _check(self._search, bytes(data), self._output)
        return self._writer.write(data)

    def commit(self, name: str) -> Blob:
        return self._writer.commit(name)

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)


def _check(search: Search, part: bytes, output: str) -> None:
    name = search.found_in(part)
    if name is not None:
        raise refusal(output, f"the secret `{name}`")
