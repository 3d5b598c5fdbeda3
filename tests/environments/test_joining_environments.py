"""`jeyn push` and `jeyn pull` between two environments of one project, and the snapshots that go along."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = """
[tool.jeyn.environments.folder]
ledger = "elsewhere/ledger.db"
blobs = "elsewhere/blobs"
"""


NOTHING = {"schema": "jeyn.joined/1", "entries": 0, "blobs": 0, "bytes": 0, "snapshots": 0}


@pytest.fixture
def numbers(copy_of: Callable[[str], Any]) -> Any:
    """A project with a second environment, whose last run was on files that are not committed."""
    project = copy_of("numbers")
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(FOLDER)
    (project.root / ".gitignore").write_text(".jeyn/\nelsewhere/\n__pycache__/\n")
    project.commit("environments")
    (project.root / "notes.txt").write_text("not committed")
    project.jeyn("run", pipeline(project))
    return project


@pytest.fixture
def remote(numbers: Any, tmp_path: Path) -> Path:
    """The remote of `numbers`."""
    remote = tmp_path / "remote.git"
    numbers.git("clone", "-q", "--bare", str(numbers.root), str(remote))
    numbers.git("remote", "add", "origin", str(remote))
    return remote


def pipeline(project: Any) -> str:
    return str(project.json("ls", "pipelines")["items"][0]["name"])


def snapshots(project: Any, repository: str) -> list[str]:
    return sorted(project.git("ls-remote", repository, "refs/jeyn/snapshots/*").splitlines())


def digests(project: Any, *options: str) -> list[str]:
    return [item["digest"] for item in project.json(*options, "ls")["items"]]


def test_what_is_pushed_is_there_whole_and_once(numbers: Any, remote: Path) -> None:
    first = numbers.json("push", "-e", "folder")
    assert first["snapshots"] == 1
    assert digests(numbers, "-e", "folder") == digests(numbers) != []
    numbers.jeyn("-e", "folder", "verify")
    assert numbers.json("push", "-e", "folder")["entries"] == 0
    assert "refs/jeyn/snapshots/" in numbers.git("ls-remote", str(remote))


def test_without_a_remote_the_entries_travel_all_the_same(numbers: Any) -> None:
    said = numbers.jeyn("push", "-e", "folder").stdout
    assert "1 snapshot commits stay where they are: this repository has no remote" in said
    assert digests(numbers, "-e", "folder") == digests(numbers)


def test_snapshots_follow_once_there_is_a_remote(numbers: Any, request: pytest.FixtureRequest) -> None:
    numbers.jeyn("push", "-e", "folder")
    remote = request.getfixturevalue("remote")
    assert numbers.json("push", "-e", "folder") == {**NOTHING, "snapshots": 1}
    assert snapshots(numbers, str(remote)) == snapshots(numbers, ".") != []
    assert numbers.json("push", "-e", "folder") == NOTHING


def test_a_snapshot_of_what_was_recorded_there_itself_is_pushed_and_pulled(
    numbers: Any, remote: Path, tmp_path: Path, folder_at: Callable[[Path], Any]
) -> None:
    shutil.rmtree(numbers.root / ".jeyn")
    numbers.jeyn("-e", "folder", "run", pipeline(numbers))
    assert numbers.json("push", "-e", "folder") == {**NOTHING, "snapshots": 1}
    assert snapshots(numbers, str(remote)) == snapshots(numbers, ".") != []

    numbers.git("clone", "-q", str(remote), str(tmp_path / "colleague"))
    shutil.copytree(numbers.root / "elsewhere", tmp_path / "colleague" / "elsewhere")
    colleague = folder_at(tmp_path / "colleague")
    said = colleague.jeyn("pull", "-e", "folder").stdout
    assert ", 1 snapshot commits" in said
    assert "stay" not in said
    assert snapshots(colleague, ".") == snapshots(numbers, ".")
    assert colleague.json("pull", "-e", "folder") == NOTHING


def test_a_snapshot_that_nobody_pushed_is_told(numbers: Any, remote: Path) -> None:
    numbers.jeyn("push", "-e", "folder")
    ref = numbers.git("for-each-ref", "--format=%(refname)", "refs/jeyn/snapshots").strip()
    numbers.git("push", "-q", str(remote), f":{ref}")
    numbers.git("update-ref", "-d", ref)
    (numbers.root / ".jeyn" / "ledger.db").unlink()
    said = numbers.jeyn("pull", "-e", "folder").stdout
    assert "1 snapshot commits stay where they were made" in said
    assert digests(numbers, "-e", "folder") == digests(numbers) != []


def test_both_sides_cannot_be_one(numbers: Any) -> None:
    assert "both sides are the same" in numbers.jeyn("push", code=2).stderr
