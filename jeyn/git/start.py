"""Beginning a repository."""

from __future__ import annotations

import os
from pathlib import Path

from jeyn.errors import AskError
from jeyn.git.command import ask, run


def repository_around(folder: Path) -> Path | None:
    """The root of the working tree that a folder lies in, which need not exist; None outside of one.

    AskError where git is missing or refuses, or where the folder lies in a repository without a working tree.
    """
    place = next(one for one in (folder, *folder.parents) if one.is_dir())
    answer = ask(place, "rev-parse", "--show-toplevel")
    if answer.status == 0:
        return Path(os.fsdecode(answer.output.removesuffix(b"\n")))
    if "not a git repository" in answer.complaint:
        return None
    raise AskError(f"git has no working tree at {place}: {answer.complaint.strip()}", "choose another folder")


def start_repository(folder: Path) -> None:
    """Make a folder a repository without a commit, whose branch is `main`; AskError where git fails."""
    run(folder, "init", "--quiet", "--initial-branch", "main")
