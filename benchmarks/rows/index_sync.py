"""An empty read index that follows 10,000 entries."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent

TITLE = "follow 10,000 entries"


def contests(bench: Bench) -> Iterator[Contest]:
    work = str(bench.work)
    yield Contest(
        title=f"{TITLE}: embedded",
        jeyn=bench.script("index_sync/with_jeyn.py", work),
        unit="s",
        at_most=0.5,
        note="0.5 s are 20,000 entries a second",
    )
    for kind in ("sqlite", "redis", "postgres-v2"):
        floor = bench.script("index_sync/with_bulk_gets.py", work, kind, name="bare bulk gets")
        yield Contest(
            title=f"{TITLE}: {kind} behind Dapr",
            jeyn=bench.script("index_sync/with_jeyn.py", work, kind),
            opponents=(Opponent(floor, at_most=1.3),),
            unit="s",
            note="the floor reads the same keys, 512 at a time, and does nothing with them",
        )
