"""Save one file as a report: FILE into a blob store in FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from step import running_step

from jeyn.stores import artefact_store

file, folder = map(Path, sys.argv[1:])
with running_step(folder):
    report = artefact_store.save(file)
assert sum(blob.bytes for blob in report.entry.artefact.blobs) == file.stat().st_size
