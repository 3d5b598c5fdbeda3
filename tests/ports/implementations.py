"""Every implementation of the two ports: one line more here runs the whole contract over one more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
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
    """How to open one, and how to change the stored bytes of a blob behind its back."""

    name: str
    open: Callable[[Path], BlobStore]
    overwrite: Callable[[Path, str, bytes], None]


def _overwrite_file(folder: Path, digest: str, data: bytes) -> None:
    path = folder / "sha256" / digest[7:9] / digest[9:]
    path.chmod(0o644)
    path.write_bytes(data)


KEY_VALUE_STORES = [
    OpenKeyValueStore("memory", lambda folder: MemoryKeyValueStore(), survives=False),
    OpenKeyValueStore("sqlite", lambda folder: SqliteKeyValueStore(folder / "ledger.db")),
]

BLOB_STORES = [
    OpenBlobStore("folder", FolderBlobStore, _overwrite_file),
]
