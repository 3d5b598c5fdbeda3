"""What a row is given to set its contests up with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.contest import Absent, Contestant, nothing
from harness.measure import run
from harness.peers import Peer

_HERE = Path(__file__).resolve().parent.parent
#: What Jeyn's own processes get: the working tree that this benchmark lies in.
WORKING_TREE = {"PYTHONPATH": str(_HERE.parent)}


@dataclass(frozen=True, slots=True)
class Bench:
    """`work` is an empty folder that is removed after the row."""

    work: Path

    def jeyn(self, *arguments: str, folder: Path | None = None, name: str = "Jeyn") -> Contestant:
        """The `jeyn` command of the working tree."""
        command = (sys.executable, "-m", "jeyn", *arguments)
        return Contestant(name, command, folder or self.work, WORKING_TREE)

    def script(
        self, path: str, *arguments: str, name: str = "Jeyn", before: Callable[[], None] = nothing, whole: bool = False
    ) -> Contestant:
        """A script below `contestants/` with Jeyn's Python; it says its figure, unless it is timed as a `whole`."""
        command = (sys.executable, str(_HERE / "contestants" / path), *arguments)
        return Contestant(name, command, self.work, WORKING_TREE, says_figure=not whole, before=before)

    def peer_script(self, peer: Peer | Absent, path: str, *arguments: str) -> Contestant | Absent:
        """A script below `contestants/` with a peer's Python, which says its figure."""
        if isinstance(peer, Absent):
            return peer
        command = (peer.python, str(_HERE / "contestants" / path), *arguments)
        return Contestant(peer.name, command, self.work, says_figure=True)

    def prepare(self, *command: str, folder: Path | None = None) -> None:
        """Run a command as a contestant would, outside any measurement."""
        run(Contestant(f"`{' '.join(command[-3:])}`", command, folder or self.work, WORKING_TREE))


def settle() -> None:
    """Have the disk finish what earlier measurements wrote, so that nobody waits for another's bytes."""
    os.sync()
