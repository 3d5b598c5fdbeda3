"""The ledger's keys in a Dapr state store. https://docs.dapr.io/reference/api/state_api/

What a store answers to a create that loses differs: ABORTED or INTERNAL, and INTERNAL is also what it answers when it
is down. A store may even call an own write refused, if its client repeated it inside the sidecar. So no answer but OK
is believed: after any other the key is read.

A create is one request with one key, `first-write` and no etag. Several keys in one request, and a transaction, are
written over on some stores; an etag makes others refuse a key that is new.

A bulk read that failed inside the sidecar can come back as if no key were there: its PostgreSQL component never looks
at how its query ended. So every bulk read also asks for a key that is known to be there, and believes that others are
not there only where that one came back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from jeyn.adapters.dapr.calls import Patience, Sidecar, TooLarge
from jeyn.errors import Unreachable

if TYPE_CHECKING:
    import grpc

# Creates under way at once. More would only wait for each other in the store, and some give up waiting.
_AT_ONCE = 8
# Keys per bulk read, to begin with. A reply that would be too large is asked for again in halves.
_BULK = 512
# How many keys of a bulk read the sidecar may read at once, on stores that have no bulk read of their own.
_PARALLELISM = 32
# The key that is known to be there; of all projects in a store.
_WITNESS = "jeyn/1/witness"
# PostgreSQL sends so many bytes at once. A reply of fewer comes whole or not at all; of more, the end may be missing.
# https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/libpq/pqcomm.c
_SENT_AT_ONCE = 8192


class DaprKeyValueStore:
    """A KeyValueStore in the state store that a sidecar calls `store`. Values are never empty."""

    def __init__(self, sidecar: Sidecar, store: str) -> None:
        from dapr.proto import api_v1, common_v1

        self.name = store
        self._sidecar = sidecar
        self._what = f"the state store {store!r}"
        self._api: Any = api_v1
        self._common: Any = common_v1
        self._bulk = _BULK

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        return self.create_many({key: value}, rebuildable=rebuildable) == {key}

    def create_many(self, values: Mapping[str, bytes], *, rebuildable: bool = False) -> set[str]:  # noqa: ARG002  # durability is the store's own
        patience = self._sidecar.patience()
        created: set[str] = set()
        started: deque[tuple[str, grpc.Future[Any]]] = deque()
        waiting = iter(values.items())
        while True:
            for key, value in islice(waiting, _AT_ONCE - len(started)):
                started.append((key, self._start(key, value, patience)))
            if not started:
                return created
            key, first = started.popleft()
            if self._has_written(key, values[key], first, patience):
                created.add(key)

    def get(self, key: str) -> bytes | None:
        return self._get(key, self._sidecar.patience())

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        wanted = list(dict.fromkeys(keys))
        patience = self._sidecar.patience()
        found: dict[str, bytes] = {}
        start = 0
        while start < len(wanted):
            some = wanted[start : start + self._bulk]
            try:
                found.update(self._get_some(some, patience))
            except TooLarge:
                if len(some) == 1:
                    raise
                self._bulk = max(1, len(some) // 2)
                continue
            start += len(some)
        return found

    def rows(self) -> Iterator[tuple[str, bytes]] | None:
        return None

    def problems(self) -> Iterator[str]:
        return iter(())

    def close(self) -> None:
        self._sidecar.close()

    def _start(self, key: str, value: bytes, patience: Patience) -> grpc.Future[Any]:
        options = self._common.StateOptions
        item = self._common.StateItem(
            key=key,
            value=value,
            options=options(concurrency=options.CONCURRENCY_FIRST_WRITE, consistency=options.CONSISTENCY_STRONG),
        )
        request = self._api.SaveStateRequest(store_name=self.name, states=[item])
        return self._sidecar.start(self._sidecar.stub.SaveState, request, patience)

    def _has_written(self, key: str, value: bytes, started: grpc.Future[Any], patience: Patience) -> bool:
        """Whether this write is the one that holds; tried again while nobody's is there."""
        while (error := self._sidecar.outcome(started, self._what)) is not None:
            if self._get(key, patience) is not None:
                return False
            patience.wait(error)
            started = self._start(key, value, patience)
        return True

    def _get(self, key: str, patience: Patience) -> bytes | None:
        request = self._api.GetStateRequest(
            store_name=self.name, key=key, consistency=self._common.StateOptions.CONSISTENCY_STRONG
        )
        reply = self._sidecar.ask(self._sidecar.stub.GetState, request, patience, self._what)
        return bytes(reply.data) or None

    def _get_some(self, keys: list[str], patience: Patience) -> dict[str, bytes]:
        if len(keys) == 1:
            value = self._get(keys[0], patience)
            return {} if value is None else {keys[0]: value}
        found: dict[str, bytes] = {}
        missing = keys
        while missing:
            some = self._ask_for([*missing, _WITNESS], patience)
            has_witness = some.pop(_WITNESS, None) is not None
            found.update(some)
            missing = [key for key in missing if key not in some]
            if not has_witness:
                self._testify(patience)
            elif sum(map(len, some.values())) < _SENT_AT_ONCE:
                break
        return found

    def _ask_for(self, keys: list[str], patience: Patience) -> dict[str, bytes]:
        """What one bulk read finds; that it does not find a key proves nothing."""
        request = self._api.GetBulkStateRequest(store_name=self.name, keys=keys, parallelism=_PARALLELISM)
        reply = self._sidecar.ask(self._sidecar.stub.GetBulkState, request, patience, self._what)
        found = {item.key: bytes(item.data) for item in reply.items if item.data and not item.error}
        for item in reply.items:
            if item.error:  # of this key alone
                value = self._get(item.key, patience)
                if value is not None:
                    found[item.key] = value
        return found

    def _testify(self, patience: Patience) -> None:
        """Make sure that the witness is there, which it is but for the first time, and wait before the next try."""
        value = b"whoever reads several keys asks for this one too"
        self._has_written(_WITNESS, value, self._start(_WITNESS, value, patience), patience)
        patience.wait(Unreachable(f"{self._what} does not tell all that it holds", "look at the sidecar's log"))
