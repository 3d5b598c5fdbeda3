"""Seconds for an empty read index to follow ENTRIES entries: `with_jeyn.py FOLDER [KIND]`, embedded without one."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filled import ENTRIES, fill

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
from jeyn.ports import KeyValueStore


@contextmanager
def opened(folder: Path) -> Iterator[KeyValueStore]:
    """The store that the command line asks for."""
    if len(sys.argv) < 3:
        keys = SqliteKeyValueStore(folder / "ledger.db")
        yield keys
        keys.close()
        return
    from behind import keys_of, store

    with store() as behind:
        yield keys_of(behind)


with tempfile.TemporaryDirectory(dir=sys.argv[1]) as name, opened(Path(name)) as keys:
    fill(keys)
    index = ReadIndex(Path(name) / "index.db", Ledger(keys, FolderBlobStore(Path(name)), "bench"))
    began = time.perf_counter()
    index.sync()
    seconds = time.perf_counter() - began
    assert sum(index.streams().values()) == ENTRIES
    index.close()
print(seconds)
