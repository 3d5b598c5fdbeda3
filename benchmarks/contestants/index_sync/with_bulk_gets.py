"""The floor: seconds for bare bulk gets of the same keys through the raw stub, 512 at a time."""

from __future__ import annotations

import time

import grpc
from filled import fill, rows

from behind import keys_of, store  # isort: skip  # found by the path that `filled` adds
from dapr.proto import api_service_v1, api_v1

_LARGEST = (("grpc.max_receive_message_length", 64 << 20),)

with store() as behind, grpc.insecure_channel(behind.address, _LARGEST) as channel:
    fill(keys_of(behind))
    stub = api_service_v1.DaprStub(channel)
    keys = list(rows())
    began = time.perf_counter()
    for start in range(0, len(keys), 512):
        some = keys[start : start + 512]
        reply = stub.GetBulkState(api_v1.GetBulkStateRequest(store_name=behind.name, keys=some, parallelism=32))
        assert len(reply.items) == len(some)
    print(time.perf_counter() - began)
