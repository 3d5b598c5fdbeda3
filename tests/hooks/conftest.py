"""Repositories to commit in, without anything of whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hooked_repository import DOCUMENTS, ROOT, Repository


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A plain environment with `jeyn` on PATH, as a package installer sets it up."""
    home = tmp_path_factory.mktemp("home")
    command = home / "bin" / "jeyn"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\nimport sys\nfrom jeyn.cli.start import main\nsys.exit(main())\n")
    command.chmod(0o755)
    people = {f"GIT_{role}_{what}": "ada@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "CI": "true",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(tmp_path_factory.getbasetemp()),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        **people,
        **{name: value for name, value in os.environ.items() if name.startswith(("COV", "COVERAGE"))},
    }


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A project that is generated and committed, to be copied."""
    made = Repository(tmp_path_factory.mktemp("original"), environment)
    made.git("init", "--quiet", "--initial-branch", "main")
    for path, text in DOCUMENTS.items():
        made.write(path, text)
    made.jeyn("generate")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "start")
    return made.top


@pytest.fixture
def repository(tmp_path: Path, original: Path, environment: dict[str, str]) -> Repository:
    """A repository with a catalog and a formula, generated and committed, without hooks."""
    shutil.copytree(original, tmp_path / "project", symlinks=True)
    return Repository(tmp_path / "project", environment)


@pytest.fixture
def below(tmp_path: Path, original: Path, environment: dict[str, str]) -> Callable[..., Repository]:
    """Makes a repository that holds the project in each of some folders."""

    def make(*folders: str) -> Repository:
        made = Repository(tmp_path / "monorepo", environment)
        made.top.mkdir()
        made.git("init", "--quiet", "--initial-branch", "main")
        for folder in folders:
            shutil.copytree(original, made.top / folder, ignore=shutil.ignore_patterns(".git"), dirs_exist_ok=True)
        made.git("add", "--all")
        made.git("commit", "--quiet", "--message", "start")
        return made

    return make
