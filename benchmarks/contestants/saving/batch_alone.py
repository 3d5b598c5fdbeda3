"""The floor: seconds for pyarrow to write the table as Parquet in FOLDER, and for its hash; `sync` as for a file."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
from wide import table

folder, sync = Path(sys.argv[1]), "sync" in sys.argv[2:]
data = table(2**30)
folder.mkdir(parents=True, exist_ok=True)
began = time.perf_counter()
pq.write_table(data, folder / "rows.parquet")
with (folder / "rows.parquet").open("rb") as file:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    if sync:
        os.fsync(file.fileno())
(folder / "rows.parquet").rename(folder / digest)
print(time.perf_counter() - began)
