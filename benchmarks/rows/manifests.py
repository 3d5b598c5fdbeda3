"""The manifests of 1,000 pipelines: made anew, and asked for when nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent
from harness.measure import python_alone
from projects import deployed, write

from rows.committed import commit_all

TITLE = "manifests"
_COUNT = 1000


def contests(bench: Bench) -> Iterator[Contest]:
    folder = bench.work / "project"
    write(folder, deployed(_COUNT))
    yield Contest(
        title=f"{TITLE} of {_COUNT:,} pipelines",
        jeyn=bench.script("generator/manifests.py", str(folder)),
        at_most=3.0,
        note="in a process that has read the documents: importing Hera, its models, and the YAML",
    )
    bench.prepare(*bench.jeyn("generate").command, folder=folder)
    commit_all(folder)
    yield Contest(
        title=f"{TITLE}: jeyn generate --staged, {_COUNT:,} pipelines, none changed",
        jeyn=bench.jeyn("generate", "--staged", folder=folder),
        opponents=(Opponent(python_alone(bench.work)),),
        unit="ms",
        at_most=0.03,
        rounds=15,
        note="whole process; the warm-up is the check that passes and is remembered",
    )
