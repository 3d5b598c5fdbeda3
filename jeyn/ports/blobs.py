"""The port to a store of content-addressed bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from jeyn.model.artefact import Blob


class BlobWriter(Protocol):
    """Bytes on their way into a store. Leaving its `with` block without `commit` leaves no blob."""

    def write(self, data: bytes | memoryview, /) -> int:
        """Add bytes; the number of bytes taken, always all."""
        ...

    def commit(self, name: str) -> Blob:
        """Make the blob exist, durably. Bytes that are there already are kept, and their age renewed."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class BlobStore(Protocol):
    """Blobs by digest (`sha256:` and 64 hexadecimal digits). Every method may raise `jeyn.errors.Unreachable`."""

    def writer(self) -> BlobWriter:
        """Start a blob of any size, written in constant memory."""
        ...

    def adopt(self, path: Path, name: str, digest: str = "") -> Blob:
        """Take a finished file as a blob; afterwards it is no longer at `path`.

        `digest` is that of its bytes, from whoever has just written them; without it they are read once more.
        """
        ...

    def scratch(self, suffix: str = "") -> Path:
        """A path for a new file that `adopt` can take without a copy. What is left there may be removed."""
        ...

    def exists(self, digest: str) -> bool:
        """Whether the blob is there; its bytes are not checked."""
        ...

    def fetch(self, digest: str) -> Path:
        """A local file, to be read only, with the blob's bytes, checked against the digest.

        IntegrityError if the blob is missing, or its bytes are others.
        """
        ...

    def check(self, digest: str) -> None:
        """Read the stored bytes themselves, whatever copies are at hand. IntegrityError as `fetch`."""
        ...

    def digests(self) -> Iterator[str]:
        """The digests of all blobs, in no order."""
        ...
