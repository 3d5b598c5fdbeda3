"""Seconds for Jeyn over daprd to commit a step: `python with_jeyn.py FOLDER KIND`."""

from __future__ import annotations

import sys
from pathlib import Path

from behind import keys_of, store
from records import median_seconds

from jeyn.adapters.folder import FolderBlobStore

with store() as behind:
    keys = keys_of(behind)
    print(median_seconds(keys, FolderBlobStore(Path(sys.argv[1]) / "blobs")))
    keys.close()
