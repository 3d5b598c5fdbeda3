"""What more documents cost: time and memory at 100, 1,000 and 10,000."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from harness.bench import Bench
from harness.contest import Contest, Opponent
from projects import areas, write

TITLE = "growth"


def contests(bench: Bench) -> Iterator[Contest]:
    folders = {count: bench.work / f"areas-{count}" for count in (100, 1000, 10_000)}
    for count, folder in folders.items():
        write(folder, areas(count))
    lint = {count: bench.jeyn("lint", folder=folder, name=f"Jeyn, {count:,}") for count, folder in folders.items()}
    for more, fewer in ((1000, 100), (10_000, 1000)):
        yield Contest(
            title=f"{TITLE}: lint {more:,} documents",
            jeyn=lint[more],
            opponents=(Opponent(lint[fewer], 11.0 if more == 10_000 else None),),
            note="of all kinds; whole process",
        )
    anew = {
        count: replace(bench.jeyn("generate", folder=folder, name=f"Jeyn, {count:,}"), before=_without(folder))
        for count, folder in folders.items()
    }
    yield Contest(
        title=f"{TITLE}: generate {10_000:,} documents, cold",
        jeyn=anew[10_000],
        opponents=(Opponent(anew[1000], 11.0),),
        rounds=3,
        note="whole process, from nothing",
    )
    for command in ("lint", "generate"):
        most = bench.script("generator/most_memory.py", str(folders[10_000]), command)
        yield Contest(
            title=f"{TITLE}: most memory of `jeyn {command}`, 10,000 documents",
            jeyn=replace(most, before=_without(folders[10_000])),
            unit="MiB",
            at_most=300 * 2**20,
            rounds=1,
            warm_up=False,
            note="from nothing; resident, of all its processes together, what they share counted once",
        )


def _without(folder: Path) -> Callable[[], None]:
    def remove() -> None:
        for name in ("generated", ".jeyn"):
            shutil.rmtree(folder / name, ignore_errors=True)

    return remove
