"""Seconds for Jeyn to save weights as a checkpoint in FOLDER: what `model_store.save` does with their bytes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from arrays import GIB, weights

from jeyn.adapters.folder import FolderBlobStore
from jeyn.serializers import table

model = weights()
blobs = FolderBlobStore(Path(sys.argv[1]) / "blobs")
began = time.perf_counter()
serializer = table.choose(model)
path = blobs.scratch(serializer.suffix)
dump = serializer.dump(model, path)
blob = blobs.adopt(path, serializer.suffix, dump.file)
seconds = time.perf_counter() - began
assert blob.bytes > GIB
print(seconds)
