"""Recording one step with two outputs, a batch and a checkpoint, that were made from three inputs."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent
from harness.peers import peer

TITLE = "record a step with two outputs"


def contests(bench: Bench) -> Iterator[Contest]:
    work = str(bench.work)
    peers = bench.peer_script(peer("ml-metadata"), "record_step/with_ml_metadata.py", work)
    floor = bench.script("record_step/with_sqlite.py", work, name="SQLite alone")
    yield Contest(
        title=TITLE,
        jeyn=bench.script("record_step/with_jeyn.py", work),
        opponents=(Opponent(peers, at_most=1), Opponent(floor)),
        unit="ms",
        at_most=1e-3,
        note="each figure is the median of 300 steps in one process, with the reading of the streams' heads; the floor"
        " is one transaction of the same bytes in WAL mode that waits for the disk",
    )
