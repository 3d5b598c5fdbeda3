"""A pipeline of three trivial steps over 1,000 rows, from the command line to its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from harness.bench import Bench
from harness.contest import Absent, Contest, Contestant, Opponent
from harness.measure import python_alone
from harness.peers import peer
from projects import kedro_three_steps, three_steps, write

TITLE = "run three steps"
_STORED = {"numpy": "pickles", "pandas": "Parquet"}


def contests(bench: Bench) -> Iterator[Contest]:
    for flavour in ("numpy", "pandas"):
        folder = _project(bench, flavour)
        yield Contest(
            title=f"{TITLE}, {flavour}",
            jeyn=bench.jeyn("run", "sums", "--force", folder=folder),
            opponents=(Opponent(_kedro(bench, flavour), at_most=1), Opponent(python_alone(bench.work))),
            note=f"whole process, every step runs and its output is saved and recorded; kedro saves {_STORED[flavour]}",
        )
        if flavour == "numpy":
            yield Contest(
                title=f"{TITLE}, all reused",
                jeyn=bench.jeyn("run", "sums", folder=folder),
                opponents=(Opponent(python_alone(bench.work)),),
                note="kedro has no such thing",
            )


def _project(bench: Bench, flavour: str) -> Path:
    folder = bench.work / f"jeyn-{flavour}"
    write(folder, three_steps(flavour))
    for command in (
        ("git", "init", "--quiet"),
        (sys.executable, "-m", "jeyn", "generate"),
        ("git", "add", "--all"),
        ("git", "commit", "--quiet", "--message", "the project"),
    ):
        bench.prepare(*command, folder=folder)
    return folder


def _kedro(bench: Bench, flavour: str) -> Contestant | Absent:
    found = peer("kedro")
    if isinstance(found, Absent):
        return found
    folder = bench.work / f"kedro-{flavour}"
    write(folder, kedro_three_steps(flavour))
    return Contestant(found.name, (found.program("kedro"), "run"), folder)
