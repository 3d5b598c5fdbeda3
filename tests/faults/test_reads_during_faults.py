"""A read either tells what is there or fails: it never tells that there is nothing because a server was away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from dapr_stores import DaprStore

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.errors import Unreachable

IN_SERVERS = ["postgres-v1", "postgres-v2", "redis"]
HELD = {f"held/{number}": b"value %d" % number * 40 for number in range(60)}


@pytest.fixture
def filled(dapr_store: DaprStore) -> Iterator[DaprKeyValueStore]:
    """A client that waits 20 s for what is away; the store holds HELD, which is more than a server sends at once."""
    with closing(DaprKeyValueStore(Sidecar(SidecarAddress(dapr_store.address), wait=20), dapr_store.name)) as keys:
        assert keys.create_many(HELD) == set(HELD)
        yield keys


@pytest.mark.parametrize("dapr_store", IN_SERVERS, indirect=True)
def test_many_keys_are_read_whole_while_the_server_is_restarted(
    filled: DaprKeyValueStore, dapr_store: DaprStore, capfd: pytest.CaptureFixture[str]
) -> None:
    assert dapr_store.backend is not None
    wanted = [*HELD, "never/1", "never/2"]
    is_over = threading.Event()
    reads: list[bool] = []

    def read() -> None:
        while not is_over.is_set():
            reads.append(filled.get_many(wanted) == HELD)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(3):
        dapr_store.backend.restart()
        dapr_store.backend.kill()
        dapr_store.backend.start()
    is_over.set()
    for reader in readers:
        reader.join()
    assert len(reads) >= len(readers)
    assert all(reads)
    assert capfd.readouterr().err == ""  # gRPC would tell of every process that is started meanwhile


@pytest.mark.parametrize("dapr_store", IN_SERVERS, indirect=True)
def test_many_keys_of_a_server_that_stays_away_are_unreachable(dapr_store: DaprStore) -> None:
    assert dapr_store.backend is not None
    with closing(DaprKeyValueStore(Sidecar(SidecarAddress(dapr_store.address), wait=1), dapr_store.name)) as keys:
        assert keys.get_many(["a", "b"]) == {}
        dapr_store.backend.kill()
        for _ in range(3):  # a pool of connections finds out one by one
            with pytest.raises(Unreachable, match="the state store 'record'"):
                keys.get_many(["a", "b"])
