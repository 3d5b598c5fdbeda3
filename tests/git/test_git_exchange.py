"""Snapshots on their way between two clones, by way of the remote that they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_work_tree import WorkTree

from jeyn.errors import AskError, Unreachable
from jeyn.git.exchange import Exchanged, fetch_snapshots, push_snapshots
from jeyn.git.snapshot import REFS


@dataclass(frozen=True)
class Team:
    """Two clones of one remote."""

    remote: Path
    here: WorkTree
    there: WorkTree


@pytest.fixture
def team(committed: WorkTree, tmp_path: Path) -> Team:
    for name in ("remote.git", "here", "there"):
        source = committed.top if name == "remote.git" else tmp_path / "remote.git"
        committed.git("clone", "-q", *(["--bare"] if name == "remote.git" else []), str(source), str(tmp_path / name))
    return Team(tmp_path / "remote.git", WorkTree(tmp_path / "here"), WorkTree(tmp_path / "there"))


def snapshot(tree: WorkTree, text: str) -> str:
    tree.write("notes.txt", text)
    return tree.repository.snapshot().commit


def refs(tree: WorkTree) -> set[str]:
    return {name.rpartition("/")[2] for name in tree.git("for-each-ref", "--format=%(refname)", REFS).splitlines()}


def test_what_one_pushes_the_other_fetches(team: Team) -> None:
    both = {snapshot(team.here, "one"), snapshot(team.here, "two")}
    assert push_snapshots(team.here.top, both) == Exchanged(2, 0)
    assert push_snapshots(team.here.top, both) == Exchanged(0, 0)  # the remote has them
    assert push_snapshots(team.here.top, {*both, snapshot(team.here, "three")}) == Exchanged(1, 0)
    assert refs(team.there) == set()
    assert fetch_snapshots(team.there.top, both) == Exchanged(2, 0)
    assert refs(team.there) == both
    assert fetch_snapshots(team.there.top, both) == Exchanged(0, 0)
    for commit in both:
        assert team.there.git("show", f"{commit}:notes.txt") in ("one", "two")


def test_those_that_are_elsewhere_are_counted_and_keep_nothing_back(team: Team) -> None:
    mine, elsewhere = snapshot(team.here, "mine"), "e" * 40
    assert push_snapshots(team.here.top, [mine, elsewhere]) == Exchanged(1, 1)
    assert fetch_snapshots(team.there.top, [mine, elsewhere]) == Exchanged(1, 1)
    assert refs(team.there) == {mine}
    assert push_snapshots(team.there.top, [elsewhere]) == Exchanged(0, 0)  # nothing that could be sent: not asked


def test_more_than_one_call_takes_are_pushed(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jeyn.git.exchange._PER_CALL", 2)
    commits = {snapshot(team.here, str(number)) for number in range(5)}
    assert push_snapshots(team.here.top, commits) == Exchanged(5, 0)
    assert fetch_snapshots(team.there.top, commits) == Exchanged(5, 0)
    assert refs(team.there) == commits


def test_without_a_remote_there_is_an_answer(committed: WorkTree) -> None:
    with pytest.raises(AskError, match="no remote"):
        push_snapshots(committed.top, [snapshot(committed, "mine")])
    assert push_snapshots(committed.top, []) == Exchanged(0, 0)


@pytest.mark.parametrize("exchange", [push_snapshots, fetch_snapshots])
def test_a_remote_that_is_away_is_named(team: Team, exchange: Callable[..., Exchanged]) -> None:
    commits = [snapshot(team.here, "mine")]
    team.remote.rename(team.remote.with_name("gone"))
    tree = team.here if exchange is push_snapshots else team.there
    with pytest.raises(Unreachable, match="git cannot") as caught:
        exchange(tree.top, commits)
    assert "git fetch origin" in str(caught.value)


def test_the_remote_of_the_branch_goes_before_origin(team: Team) -> None:
    team.here.git("remote", "rename", "origin", "fork")
    team.here.git("remote", "add", "origin", str(team.remote.with_name("nowhere")))
    assert push_snapshots(team.here.top, [snapshot(team.here, "mine")]) == Exchanged(1, 0)
