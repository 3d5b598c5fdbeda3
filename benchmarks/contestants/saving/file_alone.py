"""The floor: copy FILE into FOLDER and hash what passes, in one thread; with `sync` wait until it is on the disk."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

file, folder, sync = Path(sys.argv[1]), Path(sys.argv[2]), "sync" in sys.argv[3:]
digest = hashlib.sha256()
folder.mkdir(parents=True, exist_ok=True)
with file.open("rb", buffering=0) as source, (folder / "copy").open("wb", buffering=0) as copy:
    while piece := source.read(1 << 20):
        digest.update(piece)
        copy.write(piece)
    if sync:
        os.fsync(copy.fileno())
(folder / "copy").rename(folder / digest.hexdigest())
