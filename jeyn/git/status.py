"""What `git status` says, in one process: the commit that is checked out, and what differs from it.

Format: https://git-scm.com/docs/git-status#_porcelain_format_version_2, with `-z`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jeyn.errors import AskError
from jeyn.git.command import run

_QUESTION = (
    "status",
    "--porcelain=v2",
    "-z",
    "--branch",
    "--no-ahead-behind",
    "--untracked-files=all",
    "--ignore-submodules=none",
    "--no-renames",
)
FIRST_COMMIT = "make a first commit: git add -A && git commit -m 'First commit'"


@dataclass(frozen=True, slots=True)
class Status:
    """A working tree beside its index and HEAD. Paths are relative to the top, with `/`.

    `changed` and `deleted` name tracked paths that are not in the working tree what they are in the index, an
    unmerged one among them; `untracked` those that git neither tracks nor ignores, a repository inside this one
    ending in `/`. `opaque` names submodules with changes of their own, which no commit of this repository can hold.
    """

    head: str
    staged: bool
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    untracked: tuple[str, ...]
    opaque: tuple[str, ...]


def read_status(top: Path) -> Status:
    """Ask git; AskError if there is no commit."""
    return parse(run(top, *_QUESTION))


def parse(output: bytes) -> Status:
    """Read the output of `git status`; AskError if there is no commit."""
    head, staged = "", False
    changed: list[str] = []
    deleted: list[str] = []
    untracked: list[str] = []
    opaque: list[str] = []
    for record in os.fsdecode(output).split("\0"):
        match record[:1]:
            case "#" if record.startswith("# branch.oid "):
                head = record.removeprefix("# branch.oid ")
            case "?":
                untracked.append(record[2:])
            case "1":
                _, states, submodule, _, _, _, _, _, path = record.split(" ", 8)
                staged |= states[0] != "."
                if states[1] == "D":
                    deleted.append(path)
                elif states[1] != "." and _in_reach(submodule):
                    changed.append(path)
                if _has_own_changes(submodule):
                    opaque.append(path)
            case "u":
                _, _, submodule, _, _, _, mode, _, _, _, path = record.split(" ", 10)
                (deleted if mode == "000000" else changed).append(path)
                if _has_own_changes(submodule):
                    opaque.append(path)
    if head in ("", "(initial)"):
        raise AskError("there is no commit yet", FIRST_COMMIT)
    return Status(head, staged, tuple(changed), tuple(deleted), tuple(untracked), tuple(opaque))


def _in_reach(submodule: str) -> bool:
    """Whether the change shows in this repository: any of a file, of a submodule only another commit."""
    return submodule[0] == "N" or submodule[1] == "C"


def _has_own_changes(submodule: str) -> bool:
    return submodule[0] == "S" and submodule[2:] != ".."
