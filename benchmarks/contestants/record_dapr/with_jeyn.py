"""Seconds for Jeyn over daprd to commit a step: the median over STEPS, each by a ledger that knows the heads."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from behind import store
from records import commit, entries
from step import OUTPUTS, STEPS

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.adapters.folder import FolderBlobStore
from jeyn.ledger.ledger import Ledger

times = []
with store() as behind:
    keys = DaprKeyValueStore(Sidecar(SidecarAddress(behind.address), wait=30), behind.name)
    blobs = FolderBlobStore(Path(sys.argv[1]) / "blobs")
    for number in range(STEPS):
        made = entries(number)
        ledger = Ledger(keys, blobs, "bench")
        for stream in OUTPUTS.values():
            ledger.streams.hint(stream, number)
        began = time.perf_counter()
        commit(ledger, number, made)
        times.append(time.perf_counter() - began)
    assert ledger.streams.head("digit-recognition") == STEPS
    keys.close()
print(median(times))
