"""Seconds for Jeyn's ledger on SQLite to commit a step."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from records import median_seconds

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.sqlite import SqliteKeyValueStore

with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    keys = SqliteKeyValueStore(Path(folder) / "ledger.db")
    print(median_seconds(keys, FolderBlobStore(Path(folder) / "blobs")))
    keys.close()
