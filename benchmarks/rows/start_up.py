"""How long it takes until something happens."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from harness.bench import WORKING_TREE, Bench
from harness.contest import Contest, Contestant, Opponent
from harness.measure import python_alone
from projects import empty, write

TITLE = "start-up"
_ARTEFACTS = 100


def contests(bench: Bench) -> Iterator[Contest]:
    folder = bench.work / "project"
    write(folder, empty())
    fill = bench.script("fill_ledger.py", str(_ARTEFACTS))
    bench.prepare(*fill.command, folder=folder)
    importing = Contestant("Jeyn", (sys.executable, "-c", "import jeyn"), bench.work, WORKING_TREE)
    for title, jeyn in (
        ("python -c 'import jeyn'", importing),
        ("jeyn --help", bench.jeyn("--help")),
        (f"jeyn ls, {_ARTEFACTS} artefacts", bench.jeyn("ls", folder=folder)),
    ):
        yield Contest(
            title=f"{TITLE}: {title}",
            jeyn=jeyn,
            opponents=(Opponent(python_alone(bench.work)),),
            unit="ms",
            at_most=0.1,
            rounds=15,
        )
