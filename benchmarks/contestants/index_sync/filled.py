"""A ledger's worth of entries in a key-value store, the same for all: ENTRIES in four streams."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "benchmarks" / "contestants" / name) for name in ("record_step", "record_dapr")]

from records import entries  # noqa: E402  # found by the path above

from jeyn.adapters.folder import FolderBlobStore  # noqa: E402
from jeyn.adapters.memory import MemoryKeyValueStore  # noqa: E402
from jeyn.ledger.ledger import Ledger  # noqa: E402
from jeyn.ports import KeyValueStore  # noqa: E402

ENTRIES = 10_000
_BATCH = 500


def rows() -> dict[str, bytes]:
    """The keys and values of a ledger with ENTRIES entries of about 2 KB."""
    memory = MemoryKeyValueStore()
    ledger = Ledger(memory, FolderBlobStore(Path()), "bench")
    for number in range(ENTRIES // 2):
        for _, entry in entries(number):
            ledger.streams.place(entry, after=number, is_new=True)
    return dict(memory.rows())


def fill(keys: KeyValueStore) -> None:
    """Write them all."""
    held = list(rows().items())
    for start in range(0, len(held), _BATCH):
        keys.create_many(dict(held[start : start + _BATCH]), rebuildable=True)
