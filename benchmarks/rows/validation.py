"""Checking 10,000,000 rows of five columns against their catalog."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent
from harness.peers import peer

TITLE = "validate 10,000,000 rows"


def contests(bench: Bench) -> Iterator[Contest]:
    pandera = bench.peer_script(peer("pandera-polars"), "validation/with_pandera.py")
    yield Contest(
        title=TITLE,
        jeyn=bench.script("validation/with_jeyn.py"),
        opponents=(
            Opponent(pandera, at_most=1),
            Opponent(bench.script("validation/with_kernels.py", name="kernels alone"), at_most=1.3),
        ),
        unit="ms",
        note="each figure is the median of three in one process that holds the data; the floor is pyarrow's and NumPy's"
        " kernels for the same answers; pandera makes no profile",
    )
