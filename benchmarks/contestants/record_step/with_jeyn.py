"""Seconds for Jeyn's ledger on SQLite to commit a step: the median over STEPS.

Each is committed by a ledger of its own, which is given the heads that the runner saw, as a step's process is.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from records import commit, entries
from step import OUTPUTS, STEPS

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.ledger import Ledger

times = []
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    keys, blobs = SqliteKeyValueStore(Path(folder) / "ledger.db"), FolderBlobStore(Path(folder) / "blobs")
    for number in range(STEPS):
        made = entries(number)
        ledger = Ledger(keys, blobs, "bench")
        for stream in OUTPUTS.values():
            ledger.streams.hint(stream, number)
        began = time.perf_counter()
        commit(ledger, number, made)
        times.append(time.perf_counter() - began)
    assert ledger.streams.head("digit-recognition") == STEPS
    keys.close()
print(median(times))
