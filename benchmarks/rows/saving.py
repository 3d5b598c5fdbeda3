"""What the rows that save have in common: where the bytes go, and their removal before each measurement."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from harness.bench import Bench, settle
from harness.contest import Opponent

SYNCED = "written and hashed alone, fsync"
UNSYNCED = "written and hashed alone, no fsync"
#: What the page cache takes for the same bytes differs by the factor of three from one time to the next.
ROUNDS = 7


def emptied(folder: Path) -> Callable[[], None]:
    """Remove the folder and have the disk at rest."""

    def empty() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        settle()

    return empty


def floors(bench: Bench, script: str, *arguments: str, whole: bool = False) -> tuple[Opponent, Opponent]:
    """The floor with and without waiting for the disk, as Jeyn does: the first has the target."""
    out = bench.work / "floor"
    one, other = (
        bench.script(script, *arguments, str(out), *sync, name=name, before=emptied(out), whole=whole)
        for name, sync in ((SYNCED, ("sync",)), (UNSYNCED, ()))
    )
    return Opponent(one, at_most=1.3), Opponent(other)
