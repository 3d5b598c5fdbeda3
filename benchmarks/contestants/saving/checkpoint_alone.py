"""The floor: seconds to write the weights' bytes to a file in FOLDER and hash them; `sync` as for a file."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

from arrays import weights

folder, sync = Path(sys.argv[1]), "sync" in sys.argv[2:]
model = weights()
folder.mkdir(parents=True, exist_ok=True)
began = time.perf_counter()
digest = hashlib.sha256()
with (folder / "weights").open("wb", buffering=0) as file:
    for array in model.values():
        flat = memoryview(array).cast("B")
        for start in range(0, len(flat), 4 << 20):
            piece = flat[start : start + (4 << 20)]
            digest.update(piece)
            file.write(piece)
    if sync:
        os.fsync(file.fileno())
(folder / "weights").rename(folder / digest.hexdigest())
print(time.perf_counter() - began)
