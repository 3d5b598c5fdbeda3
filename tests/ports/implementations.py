"""Every implementation of the two ports: one line more here runs the whole contract over one more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dapr_stores import DaprStore
from versity import VersityGateway

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.adapters.objects import open_object_store
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ports import BlobStore, KeyValueStore


@dataclass(frozen=True)
class OpenKeyValueStore:
    """How to open one: the same folder is the same store, unless it lives in one process's memory alone."""

    name: str
    open: Callable[[Path], KeyValueStore]
    survives: bool = True


@dataclass(frozen=True)
class OpenBlobStore:
    """How to open one, and how to change the stored bytes of a blob behind its back, where no copy hides it.

    The same folder is the same store.
    """

    name: str
    open: Callable[[Path], BlobStore]
    overwrite: Callable[[Path, str, bytes], None]


def _overwrite_file(folder: Path, digest: str, data: bytes) -> None:
    path = folder / "sha256" / digest[7:9] / digest[9:]
    path.chmod(0o644)
    path.write_bytes(data)


def in_a_bucket(server: VersityGateway, bucket: str) -> OpenBlobStore:
    """How to open a part of a bucket, named after the folder, which holds the cache."""

    def prefix(folder: Path) -> str:
        return f"stores/{sha256(str(folder).encode()).hexdigest()[:12]}"

    def overwrite(folder: Path, digest: str, data: bytes) -> None:
        name = f"sha256/{digest[7:9]}/{digest[9:]}"
        server.file(bucket, f"{prefix(folder)}/{name}").write_bytes(data)
        (folder / name).unlink(missing_ok=True)

    return OpenBlobStore("s3", lambda folder: open_object_store(f"s3://{bucket}/{prefix(folder)}", folder), overwrite)


class Apart:
    """A store in which one test has all keys to itself: each begins with the name of its folder."""

    def __init__(self, keys: KeyValueStore, folder: Path) -> None:
        self._keys = keys
        self._begin = f"{sha256(str(folder).encode()).hexdigest()[:12]}/"

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        return self._keys.create(self._begin + key, value, rebuildable=rebuildable)

    def create_many(self, values: Mapping[str, bytes], *, rebuildable: bool = False) -> set[str]:
        apart = {self._begin + key: value for key, value in values.items()}
        return {key.removeprefix(self._begin) for key in self._keys.create_many(apart, rebuildable=rebuildable)}

    def get(self, key: str) -> bytes | None:
        return self._keys.get(self._begin + key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        found = self._keys.get_many(self._begin + key for key in keys)
        return {key.removeprefix(self._begin): value for key, value in found.items()}

    def rows(self) -> None:
        return None

    def problems(self) -> Iterator[str]:
        return self._keys.problems()

    def close(self) -> None:
        self._keys.close()


def behind_dapr(store: DaprStore) -> OpenKeyValueStore:
    """How to open what is behind a daprd; any number of clients see the same."""

    def open_it(folder: Path) -> KeyValueStore:
        sidecar = Sidecar(SidecarAddress(store.address), wait=20)
        return Apart(DaprKeyValueStore(sidecar, store.name), folder)

    return OpenKeyValueStore(f"dapr-{store.kind}", open_it)


KEY_VALUE_STORES = [
    OpenKeyValueStore("memory", lambda folder: MemoryKeyValueStore(), survives=False),
    OpenKeyValueStore("sqlite", lambda folder: SqliteKeyValueStore(folder / "ledger.db")),
]

BLOB_STORES = [
    OpenBlobStore("folder", FolderBlobStore, _overwrite_file),
]
