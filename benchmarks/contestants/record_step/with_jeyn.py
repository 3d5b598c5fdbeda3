"""Seconds for Jeyn's ledger on SQLite to commit a step: the median over STEPS, each by a ledger that knows no heads."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from records import commit, entries
from step import STEPS

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.ledger import Ledger

times = []
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    keys, blobs = SqliteKeyValueStore(Path(folder) / "ledger.db"), FolderBlobStore(Path(folder) / "blobs")
    for number in range(STEPS):
        made = entries(number)
        ledger = Ledger(keys, blobs, "bench")
        began = time.perf_counter()
        commit(ledger, number, made)
        times.append(time.perf_counter() - began)
    assert ledger.streams.head("digit-recognition") == STEPS
    keys.close()
print(median(times))
