"""Save one file that a step has written, as its checkpoint is: FILE into the store at URL, with its cache in FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from jeyn.adapters.objects import open_object_store

file, url, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
blobs = open_object_store(url, folder)
written = blobs.scratch()
written.unlink()
written.hardlink_to(file)
blob = blobs.adopt(written, "file")
assert blob.bytes == file.stat().st_size
assert blobs.exists(blob.digest)
