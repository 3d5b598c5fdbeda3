"""A commit hook on 1,000 catalogs of which none has changed."""

from __future__ import annotations

from collections.abc import Iterator

from catalogs_elsewhere import catalogs
from harness.bench import Bench
from harness.contest import Contest, Opponent
from harness.measure import python_alone
from projects import write

from rows.committed import commit_all

TITLE = "hook"
_COUNT = 1000


def contests(bench: Bench) -> Iterator[Contest]:
    folder = bench.work / "project"
    write(folder, catalogs(_COUNT) | {".gitignore": ".jeyn/\n"})
    bench.prepare(*bench.jeyn("generate").command, folder=folder)
    commit_all(folder)
    for check in (("lint", "--staged"), ("generate", "--staged"), ("breaking", "--staged")):
        jeyn = bench.jeyn(*check, folder=folder)
        yield Contest(
            title=f"{TITLE}: jeyn {' '.join(check)}, {_COUNT:,} catalogs, none changed",
            jeyn=jeyn,
            opponents=(Opponent(python_alone(bench.work)),),
            unit="ms",
            at_most=0.03,
            rounds=15,
            note="whole process; the warm-up is the check that passes and is remembered",
        )
