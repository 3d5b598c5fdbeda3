"""Processes that open a ledger, and begin all at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class Writer:
    """A process that has opened the ledger and waits.

    Its script says `open` when it has, reads a line, and prints its result as JSON.
    """

    def __init__(self, script: str, *arguments: object) -> None:
        here = str(Path(__file__).parent)
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)])},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "open\n"

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self) -> Any:
        printed, _ = self.process.communicate()
        assert self.process.returncode == 0
        return json.loads(printed)


def results(writers: Iterable[Writer]) -> list[Any]:
    """Let them begin, and wait for what each gives."""
    waiting = list(writers)
    for writer in waiting:
        writer.go()
    return [writer.result() for writer in waiting]
