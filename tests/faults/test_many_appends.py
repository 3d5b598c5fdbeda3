"""Eight processes append to one stream through two daprds on one store: the twin of what they do to a SQLite file."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import component_files
import pytest
from at_hand import PROJECT
from component_files import Component
from dapr_stores import STORE, DaprStore
from daprd import Daprd
from oracles import check_numbers, stored_keys
from postgres import Postgres
from valkey_server import Valkey
from writers import Writer, results

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.adapters.folder import FolderBlobStore
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.verify import verify

WRITERS = 8

# It opens the ledger behind the daprd in its first argument, says so, and waits for a line.
APPEND = """
import json, sys
from pathlib import Path
from at_hand import PROJECT, entry
from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.adapters.folder import FolderBlobStore
from jeyn.ledger.ledger import Ledger
address, store, name, count = *sys.argv[1:4], int(sys.argv[4])
keys = DaprKeyValueStore(Sidecar(SidecarAddress(address), wait=20), store)
ledger = Ledger(keys, FolderBlobStore(Path("no blobs")), PROJECT)
ledger.streams.head("images")
print("open", flush=True)
sys.stdin.readline()
print(json.dumps([ledger.append(entry(f"{name}/{n}", "images")).number for n in range(count)]))
"""


def component(store: DaprStore) -> Component:
    """A component of the same name over the same rows, for another daprd."""
    if isinstance(store.backend, Postgres):
        return component_files.state_postgresql(STORE, store.backend.connection(store.kind), store.kind[-2:])
    assert isinstance(store.backend, Valkey)
    return component_files.state_redis(STORE, store.backend.port)


@pytest.mark.parametrize(("dapr_store", "count"), [("postgres-v2", 1000), ("redis", 250)], indirect=["dapr_store"])
def test_eight_processes_append_to_one_stream_over_two_daprds(
    dapr_store: DaprStore, count: int, start_daprd: Callable[..., Daprd], tmp_path: Path
) -> None:
    daprds = [dapr_store.daprd, start_daprd(component(dapr_store))]
    writers = [Writer(APPEND, daprds[number % 2].grpc_address, STORE, f"w{number}", count) for number in range(WRITERS)]
    began = time.monotonic()
    told = {f"w{number}": result for number, result in enumerate(results(writers))}
    seconds = time.monotonic() - began
    print(f"{WRITERS * count} entries in {seconds:.1f} s")  # shown by `pytest -rP`

    with closing(DaprKeyValueStore(Sidecar(SidecarAddress(dapr_store.address), wait=20), STORE)) as keys:
        ledger = Ledger(keys, FolderBlobStore(tmp_path / "blobs"), PROJECT)
        placed = list(ledger.streams.follow("images", after=0))
        assert verify(ledger, {"images": len(placed)}).problems == []
    assert [one.number for one in placed] == list(range(1, WRITERS * count + 1))
    there = {one.entry.id: one.number for one in placed}
    assert there == {f"{name}/{n}": number for name, numbers in told.items() for n, number in enumerate(numbers)}
    check_numbers(stored_keys(dapr_store), WRITERS * count)
