"""The port to a key-value store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol


class KeyValueStore(Protocol):
    """Write-once keys. Every method may raise `jeyn.errors.Unreachable`; safe to use from several threads.

    Keys are ASCII of at most 512 characters, without `||`. Values are bytes, at least one, and at most a few MiB.
    """

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        """Write `key` unless it is there. True: this call wrote it. False: it exists, so `get` tells by whom.

        False may also follow a write of this very call (a store can report its own write as refused), so the
        caller compares. An existing value is never changed. When the call returns, the value survives the end of
        this process, and also a loss of power unless it is `rebuildable`, that is, found again from another key.
        A later create that is not rebuildable makes all earlier ones survive too.
        """
        ...

    def create_many(self, values: Mapping[str, bytes], *, rebuildable: bool = False) -> set[str]:
        """Create each key as `create` would, in any order or at once; those that this call wrote.

        Nothing binds them together: of a call that is cut off, any may be there.
        """
        ...

    def get(self, key: str) -> bytes | None:
        """The value, or None where there is none. Whatever was created before this call is seen."""
        ...

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The values of those keys that exist, in no order; each is read as `get` would."""
        ...

    def rows(self) -> Iterator[tuple[str, bytes]] | None:
        """Every key and value, for verification; None where the store has no list of its keys."""
        ...

    def problems(self) -> Iterator[str]:
        """What the store itself finds wrong with its files, a line each."""
        ...

    def close(self) -> None:
        """Give up connections; safe to call twice."""
        ...
