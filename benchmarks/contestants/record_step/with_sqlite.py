"""The floor: seconds for SQLite to insert, in one transaction that waits for the disk, the bytes that Jeyn writes."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from records import commit, entries
from step import STEPS

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ledger.ledger import Ledger

keys, written, times = MemoryKeyValueStore(), [], []
ledger = Ledger(keys, FolderBlobStore(Path(sys.argv[1])), "bench")
for number in range(STEPS):
    before = {key for key, _ in keys.rows()}
    commit(ledger, number, entries(number))
    written.append([row for row in keys.rows() if row[0] not in before])

with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE written (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
    for rows in written:
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO written VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        times.append(time.perf_counter() - began)
    connection.close()
print(median(times))
