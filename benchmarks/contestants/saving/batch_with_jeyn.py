"""Seconds for Jeyn to check, digest and save a table of 1 GiB in FOLDER."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from catalog import CATALOG, MEANING
from wide import table

from jeyn.adapters.folder import FolderBlobStore
from jeyn.stores.dataset_store import write_rows

data = table(2**30)
blobs = FolderBlobStore(Path(sys.argv[1]) / "blobs")
began = time.perf_counter()
_, _, found = write_rows(data, CATALOG, MEANING, blobs)
seconds = time.perf_counter() - began
assert found["rows"] == data.num_rows
print(seconds)
