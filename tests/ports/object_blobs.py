"""What the tests of blobs in a bucket have in common."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

from jeyn.adapters.object_parts import PART
from jeyn.adapters.objects import ObjectBlobStore
from jeyn.model.artefact import Blob

#: One request carries the first, and parts side by side the second.
SMALL, LARGE = Random(1).randbytes(100_000), Random(2).randbytes(5 * PART + 12_345)
PATIENCE = 3.0

#: Opens the store of a test, with a cache of a name and a patience in seconds.
OpenObjectBlobs = Callable[..., ObjectBlobStore]


def save(blobs: ObjectBlobStore, data: bytes) -> Blob:
    with blobs.writer() as writer:
        writer.write(data)
        return writer.commit("a.bin")


def digest_of(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
