"""What a sidecar costs a command by itself."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent
from harness.measure import python_alone

TITLE = "a sidecar"


def contests(bench: Bench) -> Iterator[Contest]:
    work = str(bench.work)
    yield Contest(
        title=f"{TITLE}: start, use and end an own daprd",
        jeyn=bench.script("own_sidecar/start_and_end.py", work),
        unit="ms",
        at_most=0.6,
    )
    yield Contest(
        title=f"{TITLE}: from the start of a command to the first answer",
        jeyn=bench.script("own_sidecar/first_call.py", work),
        opponents=(Opponent(python_alone(bench.work)),),
        unit="ms",
        at_most=0.15,
        note="of this grpc and the generated stubs take about 0.1 s to import",
    )
