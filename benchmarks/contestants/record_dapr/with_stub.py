"""The floor: seconds for the creates and reads that a step's record needs, one after another through the raw stub."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

import grpc
from behind import store
from dapr.proto import api_service_v1, api_v1, common_v1
from records import commit, entries
from step import OUTPUTS, STEPS

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ledger.ledger import Ledger

keys, written, times = MemoryKeyValueStore(), [], []
ledger = Ledger(keys, FolderBlobStore(Path(sys.argv[1])), "bench")
for number in range(STEPS):
    before = {key for key, _ in keys.rows()}
    commit(ledger, number, entries(number))
    # The first step also names the streams, once.
    written.append([row for row in keys.rows() if row[0] not in before and "/streams/" not in row[0]])

options = common_v1.StateOptions(concurrency=common_v1.StateOptions.CONCURRENCY_FIRST_WRITE)
with store() as behind, grpc.insecure_channel(behind.address) as channel:
    stub = api_service_v1.DaprStub(channel)
    for number, rows in enumerate(written):
        began = time.perf_counter()
        heads = [f"jeyn/1/bench/stream/{stream}/{at}" for stream in OUTPUTS.values() for at in (number, number + 1)]
        stub.GetBulkState(api_v1.GetBulkStateRequest(store_name=behind.name, keys=heads, parallelism=10))
        for key, value in rows:
            item = common_v1.StateItem(key=key, value=value, options=options)
            stub.SaveState(api_v1.SaveStateRequest(store_name=behind.name, states=[item]))
        times.append(time.perf_counter() - began)
print(median(times))
