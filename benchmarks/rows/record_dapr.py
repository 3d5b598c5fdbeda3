"""Recording one step with two outputs behind Dapr, on each kind of state store."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent

TITLE = "record a step behind Dapr"
_KINDS = ("sqlite", "redis", "postgres-v1", "postgres-v2", "in-memory")


def contests(bench: Bench) -> Iterator[Contest]:
    work = str(bench.work)
    for kind in _KINDS:
        floor = bench.script("record_dapr/with_stub.py", work, kind, name="bare creates and reads")
        yield Contest(
            title=f"{TITLE}: {kind}",
            jeyn=bench.script("record_dapr/with_jeyn.py", work, kind),
            opponents=(Opponent(floor, at_most=1.5),),
            unit="ms",
            note="the median of 300 steps in one process; the floor makes the same creates"
            " and reads through the generated stub, one after another",
        )
