"""Real repositories, made with plain git and without the configuration of whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from git_work_tree import WorkTree, start


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada Lovelace")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.com")
        monkeypatch.setenv(f"GIT_{role}_DATE", "1700000000 +0130")


@pytest.fixture
def empty_repository(tmp_path: Path) -> WorkTree:
    return start(tmp_path / "empty")


@pytest.fixture
def committed(tmp_path: Path) -> WorkTree:
    """A few files, one commit, nothing else."""
    tree = start(tmp_path / "project")
    tree.write("train.py", "print('train')\n")
    tree.write("package/one.py", "one = 1\n")
    tree.write("package/two.py", "two = 2\n")
    tree.write(".gitignore", "ignored/\n*.log\n")
    tree.commit()
    return tree


@pytest.fixture
def with_submodule(committed: WorkTree, tmp_path: Path) -> WorkTree:
    """The same, with a submodule at `library`."""
    library = start(tmp_path / "library")
    library.write("lib.py", "lib = 1\n")
    library.commit()
    committed.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.top), "library")
    committed.commit("a submodule")
    return committed


@pytest.fixture
def started(tmp_path: Path) -> Callable[..., WorkTree]:
    """Starts a repository of a given name and `git init` options."""
    return lambda name, *options: start(tmp_path / name, *options)
