"""Folders as git repositories with everything committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness.measure import environment


def commit_all(folder: Path) -> None:
    """Make a folder a repository with one commit of all that is in it."""
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "All of it"]):
        subprocess.run(["git", *words], cwd=folder, env=environment({}), check=True)
