"""The action cache: for a key, which steps have computed it."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.ledger.layout import Layout
from jeyn.ledger.records import seal, unseal
from jeyn.ports.keys import KeyValueStore


class ActionCache:
    """`cache/KEY/N` names step records, oldest first. It is advice: what it has lost is computed again."""

    def __init__(self, keys: KeyValueStore, layout: Layout) -> None:
        self._keys = keys
        self._layout = layout

    def remember(self, key: str, step: tuple[str, str, str]) -> None:
        """Add a step (run, step, item) under a key, unless it is there."""
        number = 0
        for number, present in enumerate(self._steps(key), start=1):  # noqa: B007  # the last number is used below
            if present == step:
                return
        while True:
            number += 1
            at = self._layout.cache(key, number)
            if self._keys.create(at, seal(at, {"step": list(step)}), rebuildable=True):
                return
            if self._read(at) == step:
                return

    def steps(self, key: str) -> list[tuple[str, str, str]]:
        """The steps (run, step, item) that computed this key, newest first."""
        return list(self._steps(key))[::-1]

    def _steps(self, key: str) -> Iterator[tuple[str, str, str]]:
        number = 1
        while (step := self._read(self._layout.cache(key, number))) is not None:
            yield step
            number += 1

    def _read(self, at: str) -> tuple[str, str, str] | None:
        value = self._keys.get(at)
        if value is None:
            return None
        run, step, item = unseal(at, value)["step"]
        return run, step, item
