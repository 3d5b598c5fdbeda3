"""Saving a checkpoint of 1 GiB of float32 arrays."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest

from rows.saving import ROUNDS, emptied, floors

TITLE = "save a checkpoint of 1 GiB"


def contests(bench: Bench) -> Iterator[Contest]:
    out = bench.work / "jeyn"
    yield Contest(
        title=TITLE,
        jeyn=bench.script("saving/checkpoint_with_jeyn.py", str(out), before=emptied(out)),
        opponents=floors(bench, "saving/checkpoint_alone.py"),
        rounds=ROUNDS,
        note="the arrays are made outside the time",
    )
