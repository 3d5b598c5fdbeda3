"""The action cache: for a key, which steps have computed it."""

from __future__ import annotations

from functools import partial

from jeyn.ledger.claims import Claim, ahead, settle
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
        settle(self._keys, [self.claim(key, step)], is_new=False, rebuildable=True)

    def claim(self, key: str, step: tuple[str, str, str]) -> Claim:
        """What is to be settled for a step that computed this key."""
        return Claim(
            key_of=partial(self._layout.cache, key),
            number=1,
            sealed=lambda at: seal(at, {"step": list(step)}),
            is_mine=lambda at, value: _step(at, value) == step,
        )

    def steps(self, key: str) -> list[tuple[str, str, str]]:
        """The steps (run, step, item) that computed this key, newest first."""
        return [_step(at, value) for _, at, value in ahead(self._keys, partial(self._layout.cache, key), 0)][::-1]


def _step(at: str, value: bytes) -> tuple[str, str, str]:
    run, step, item = unseal(at, value)["step"]
    return run, step, item
