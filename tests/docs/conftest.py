"""A reader of the documentation: a clone of this repository, and a plain environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def clone(repository, tmp_path) -> Path:
    """A new repository with what this one holds: what is committed and what is about to be."""
    root = tmp_path / "jeyn"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in listed.split("\0"):
        if name and (repository / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, root / name)
    who = ["-c", "user.name=tester", "-c", "user.email=tester@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "start"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


@pytest.fixture
def environment(clone, tmp_path) -> dict[str, str]:
    """A plain environment with `jeyn`, `mypy` and `python` on its path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("jeyn", "-m jeyn"), ("mypy", "-m mypy"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {module} "$@"\n')
        (programs / name).chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path), "PYTHONPATH": str(clone)}
