"""What a command is given, and how it answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeyn.project import Project


@dataclass(frozen=True)
class Context:
    """What holds for every command: where the project is, in which environment, and whether to use colour."""

    folder: Path
    environment: str | None
    color: bool
    quiet: bool

    @cached_property
    def project(self) -> Project:
        """The project around the folder; AskError where there is none."""
        from jeyn.project import Project

        return Project(self.folder, self.environment)

    def close(self) -> None:
        """Close the project, if it was opened."""
        if "project" in vars(self):
            self.project.close()

    def say(self, text: str) -> None:
        """Progress, for people: on standard error, and not where nobody looks."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def paint(self, text: str, code: str) -> str:
        """Text in an ANSI colour, if there is colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need to be; nothing at all without rows."""
    lines = [list(map(str, row)) for row in rows]
    if not lines:
        return
    widths = [max(len(line[at]) for line in [list(head), *lines]) for at in range(len(head))]
    for line in [list(head), *lines]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
