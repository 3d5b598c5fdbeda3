"""What commits and the index hold is read without the working tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from git_work_tree import WorkTree

from jeyn.errors import AskError
from jeyn.git.trees import branch_point, contents, export, staged_ids

ODD = "a folder/new\nline ü"


def test_the_index_is_read_and_not_the_working_tree(committed: WorkTree) -> None:
    committed.write("one.yaml", b"staged\r\n")
    committed.write(ODD, "odd")
    committed.git("add", "-A")
    committed.write("one.yaml", "not staged")
    committed.write("two.yaml", "untracked")
    ids = staged_ids(committed.top)
    assert "two.yaml" not in ids
    assert contents(committed.top, ids.values())[ids["one.yaml"]] == b"staged\r\n"
    assert set(staged_ids(committed.top, ["a folder"])) == {ODD}
    committed.git("rm", "-qf", "--cached", "one.yaml")
    assert "one.yaml" not in staged_ids(committed.top)


def test_export_writes_what_git_holds(committed: WorkTree, tmp_path: Path) -> None:
    committed.write("empty", "")
    committed.write("bytes", bytes(range(256)) * 1000)
    committed.write(ODD, "odd")
    commit = committed.commit()
    ids = committed.repository.blob_ids(commit)
    export(committed.top, ids, tmp_path / "copy")
    for path in ids:
        assert (tmp_path / "copy" / path).read_bytes() == (committed.top / path).read_bytes()


def test_a_conflict_is_an_answer(committed: WorkTree) -> None:
    committed.write("one.yaml", "base")
    committed.commit()
    committed.git("checkout", "-qb", "other")
    committed.write("one.yaml", "theirs")
    committed.commit()
    committed.git("checkout", "-q", "-")
    committed.write("one.yaml", "ours")
    committed.commit()
    committed.git("merge", "-q", "other", check=False)
    with pytest.raises(AskError, match=r"one\.yaml has a conflict"):
        staged_ids(committed.top)


def test_an_object_that_is_not_there_is_named(committed: WorkTree) -> None:
    assert contents(committed.top, []) == {}
    with pytest.raises(AskError, match="e" * 40):
        contents(committed.top, ["e" * 40])


def test_the_branch_point(started: Callable[..., WorkTree], tmp_path: Path) -> None:
    tree = started("work")
    tree.git("checkout", "-qb", "main")
    first = _empty(tree)
    assert branch_point(tree.top) == first
    tree.git("checkout", "-qb", "feature")
    _empty(tree)
    assert branch_point(tree.top) == first
    tree.git("checkout", "-q", "main")
    second = _empty(tree)
    tree.git("clone", "-q", str(tree.top), str(tmp_path / "clone"))
    clone = WorkTree(tmp_path / "clone")
    clone.git("checkout", "-qb", "feature")
    _empty(clone)
    assert branch_point(clone.top) == second
    clone.git("branch", "-qD", "main")  # the remote's is what counts
    assert branch_point(clone.top) == second
    clone.git("clone", "-q", "--depth=1", f"file://{clone.top}", str(tmp_path / "shallow"))
    shallow = WorkTree(tmp_path / "shallow")
    shallow.git("fetch", "-q", "--depth=1", str(tree.top), "main:refs/remotes/origin/main")
    shallow.git("update-ref", "-d", "refs/remotes/origin/HEAD")
    with pytest.raises(AskError, match="no commit in common"):
        branch_point(shallow.top)


def test_the_only_branch_is_the_default_one(started: Callable[..., WorkTree]) -> None:
    tree = started("work")
    tree.git("checkout", "-qb", "trunk")
    commit = _empty(tree)
    assert branch_point(tree.top) == commit
    tree.git("update-ref", "refs/remotes/origin/trunk", commit)
    tree.git("checkout", "-qb", "feature")
    _empty(tree)
    assert branch_point(tree.top) == commit  # the only one of the remote


def test_a_default_branch_may_be_named_in_the_settings_of_git(started: Callable[..., WorkTree]) -> None:
    tree = started("work")
    tree.git("checkout", "-qb", "trunk")
    commit = _empty(tree)
    tree.git("checkout", "-qb", "feature")
    _empty(tree)
    with pytest.raises(AskError, match="no default branch"):
        branch_point(tree.top)
    tree.git("config", "init.defaultBranch", "trunk")
    assert branch_point(tree.top) == commit


def _empty(tree: WorkTree) -> str:
    tree.git("commit", "-q", "--allow-empty", "-m", "a commit")
    return tree.git("rev-parse", "HEAD")
