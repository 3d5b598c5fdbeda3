"""Both ports in memory: for tests, and for trying things out without a trace."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping


class MemoryKeyValueStore:
    """A KeyValueStore in a dictionary, shared by the threads of one process."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:  # noqa: ARG002  # all survive alike
        with self._lock:
            if key in self._held:
                return False
            self._held[key] = value
            return True

    def create_many(self, values: Mapping[str, bytes], *, rebuildable: bool = False) -> set[str]:
        return {key for key, value in values.items() if self.create(key, value, rebuildable=rebuildable)}

    def get(self, key: str) -> bytes | None:
        return self._held.get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        return {key: self._held[key] for key in keys if key in self._held}

    def rows(self) -> Iterator[tuple[str, bytes]]:
        return iter(list(self._held.items()))

    def problems(self) -> Iterator[str]:
        return iter(())

    def close(self) -> None:
        pass
