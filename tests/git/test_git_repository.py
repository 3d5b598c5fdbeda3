from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from git_work_tree import WorkTree

from jeyn.errors import AskError
from jeyn.git.repository import Repository

ROOT = Path(__file__).parents[2]


def test_it_is_found_from_any_place_inside(committed: WorkTree) -> None:
    for place in ("", "package", "package/one.py"):
        assert Repository.find(committed.top / place) == Repository(committed.top)


def test_a_top_with_odd_characters(started: Callable[..., WorkTree]) -> None:
    tree = started("new\nline ü")
    tree.git("commit", "-q", "--allow-empty", "-m", "x")
    assert tree.repository.top == tree.top
    assert not tree.repository.snapshot().dirty


def test_a_linked_working_tree_and_a_submodule_are_repositories_of_their_own(
    with_submodule: WorkTree, tmp_path: Path
) -> None:
    with_submodule.git("worktree", "add", "-q", str(tmp_path / "linked"))
    assert Repository.find(tmp_path / "linked/package").top == tmp_path / "linked"
    assert Repository.find(with_submodule.top / "library").top == with_submodule.top / "library"


def test_outside_git(tmp_path: Path) -> None:
    with pytest.raises(AskError, match="not a git repository") as caught:
        Repository.find(tmp_path)
    assert caught.value.fix.startswith("git init && git add -A && git commit")


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(AskError, match="no folder"):
        Repository.find(tmp_path / "nowhere/at/all")


def test_no_commit_yet(empty_repository: WorkTree) -> None:
    with pytest.raises(AskError, match="no commit yet") as caught:
        Repository.find(empty_repository.top)
    assert "first commit" in caught.value.fix


def test_a_bare_repository(started: Callable[..., WorkTree]) -> None:
    with pytest.raises(AskError, match="bare"):
        Repository.find(started("bare.git", "--bare").top)


def test_inside_the_git_folder(committed: WorkTree) -> None:
    with pytest.raises(AskError, match=r"inside a \.git folder"):
        Repository.find(committed.top / ".git")


def test_a_broken_repository(committed: WorkTree) -> None:
    committed.write(".git/config", "[core\n")
    with pytest.raises(AskError, match="cannot read the repository"):
        Repository.find(committed.top)


def test_files_of_another_user(committed: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = committed.repository
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own switch for its own tests of this
    for question in (lambda: Repository.find(committed.top), repository.snapshot, repository.head):
        with pytest.raises(AskError, match="another user") as caught:
            question()
        assert caught.value.fix == f"git config --global --add safe.directory {committed.top}"


def test_git_dir_means_what_it_means_to_git(
    committed: WorkTree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (committed.top / ".git").rename(tmp_path / "elsewhere.git")
    monkeypatch.chdir(committed.top)
    monkeypatch.setenv("GIT_DIR", "../elsewhere.git")
    repository = Repository.find(Path("package"))
    assert repository.top == committed.top
    assert not repository.snapshot().dirty
    monkeypatch.chdir(committed.top / "package")
    monkeypatch.setenv("GIT_DIR", "../../elsewhere.git")
    monkeypatch.setenv("GIT_WORK_TREE", "..")
    assert Repository.find(Path()) == repository
    assert not repository.snapshot().dirty


ASK = "from pathlib import Path; from jeyn.git.repository import Repository; from jeyn.errors import AskError\n"
ASK += "try: Repository.find(Path())\nexcept AskError as error: print(error.message, '|', error.fix)"


@pytest.mark.parametrize("mode", ["raise", "quiet"])
def test_a_machine_without_git(tmp_path: Path, mode: str) -> None:
    environment = {"PATH": str(tmp_path), "GIT_PYTHON_REFRESH": mode, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", ASK], cwd=tmp_path, env=environment, capture_output=True, check=True)
    message, _, fix = done.stdout.decode().partition(" | ")
    assert "git" in message
    assert "install git" in fix


def test_a_git_that_goes_missing(committed: WorkTree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository = committed.repository
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AskError, match="cannot be started"):
        repository.head()
    assert repository.actor()


def test_head(committed: WorkTree) -> None:
    assert committed.repository.head() == committed.git("rev-parse", "HEAD")


def test_no_remote(committed: WorkTree) -> None:
    assert committed.repository.remote() == ""


def test_the_remote_is_origin_or_that_of_the_branch(committed: WorkTree) -> None:
    committed.git("remote", "add", "fork", "https://example.com/fork.git")
    assert committed.repository.remote() == ""
    committed.git("remote", "add", "origin", "https://ada:secret@example.com/main.git")
    assert committed.repository.remote() == "https://example.com/main.git"
    committed.git("config", "branch.main.remote", "fork")
    assert committed.repository.remote() == "https://example.com/fork.git"
    committed.git("switch", "-q", "-c", "other")
    assert committed.repository.remote() == "https://example.com/main.git"
    committed.git("config", "branch.other.remote", ".")
    assert committed.repository.remote() == "https://example.com/main.git"
    committed.git("switch", "-q", "--detach")
    assert committed.repository.remote() == "https://example.com/main.git"


def test_the_remote_is_what_is_fetched_from(committed: WorkTree) -> None:
    committed.git("remote", "add", "origin", "git@example.com:main.git")
    committed.git("remote", "set-url", "--add", "origin", "git@example.com:second.git")
    committed.git("remote", "set-url", "--push", "origin", "git@example.com:push.git")
    assert committed.repository.remote() == "git@example.com:main.git"


def test_the_actor_is_who_git_says(committed: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    assert committed.repository.actor() == "Ada Lovelace <ada@example.com>"
    forget_identity(monkeypatch)
    committed.git("config", "user.name", "Grace Höpper")
    committed.git("config", "user.email", "grace@example.com")
    assert committed.repository.actor() == "Grace Höpper <grace@example.com>"


def test_the_actor_is_else_the_user_of_the_system(committed: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_identity(monkeypatch)
    monkeypatch.setenv("LOGNAME", "grace")
    assert committed.repository.actor() == "grace"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users have numbers on Unix only")
def test_the_actor_may_have_no_name_at_all(committed: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_identity(monkeypatch)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # as in a container that runs under an arbitrary number
    assert committed.repository.actor() == "unknown"


def forget_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    monkeypatch.delenv("EMAIL", raising=False)


ODD_NAMES = ("with space.py", "new\nline.py", 'quo"te.py', "über.py", ":(top)x.py", "*.py", os.fsdecode(b"\xe9.py"))


def test_blob_ids(with_submodule: WorkTree) -> None:
    for name in ODD_NAMES:
        with_submodule.write(f"odd/{name}", name.encode("utf-8", "surrogateescape"))
    (with_submodule.top / "link").symlink_to("train.py")
    commit = with_submodule.commit()
    ids = with_submodule.repository.blob_ids(commit)
    expected = {".gitignore", ".gitmodules", "train.py", "package/one.py", "package/two.py", "link"}
    assert ids.keys() == expected | {f"odd/{name}" for name in ODD_NAMES}
    assert ids["train.py"] == with_submodule.git("hash-object", "train.py")
    assert with_submodule.repository.blob_ids("HEAD") == ids


def test_blob_ids_under_a_folder(committed: WorkTree) -> None:
    committed.write("package.py", "a neighbour\n")
    committed.write("*/x.py", "x\n")
    committed.write("a/x.py", "x\n")
    committed.write(":(top)a/x.py", "x\n")
    committed.commit()
    repository = committed.repository
    assert repository.blob_ids("HEAD", Path("package")).keys() == {"package/one.py", "package/two.py"}
    assert repository.blob_ids("HEAD", committed.top / "package/one.py").keys() == {"package/one.py"}
    assert repository.blob_ids("HEAD", Path("*")).keys() == {"*/x.py"}
    assert repository.blob_ids("HEAD", Path(":(top)a")).keys() == {":(top)a/x.py"}
    assert repository.blob_ids("HEAD", committed.top) == repository.blob_ids("HEAD")
    assert repository.blob_ids("HEAD", Path("nowhere")) == {}


def test_blob_ids_are_of_the_commit_that_is_asked_about(committed: WorkTree) -> None:
    first = committed.git("rev-parse", "HEAD")
    (committed.top / "train.py").unlink()
    committed.commit()
    assert "train.py" in committed.repository.blob_ids(first)
    assert "train.py" not in committed.repository.blob_ids("HEAD")


def test_read(committed: WorkTree) -> None:
    first = committed.git("rev-parse", "HEAD")
    committed.write("train.py", b"\xff\r\n\n\n")
    second = committed.commit()
    assert committed.repository.read(first, "train.py") == b"print('train')\n"
    assert committed.repository.read(second, "train.py") == b"\xff\r\n\n\n"


@pytest.mark.parametrize("path", ["nowhere.py", "package", ""])
def test_read_where_there_is_no_file(committed: WorkTree, path: str) -> None:
    with pytest.raises(AskError, match="no file"):
        committed.repository.read(committed.git("rev-parse", "HEAD"), path)


def test_resolve(committed: WorkTree) -> None:
    head = committed.git("rev-parse", "HEAD")
    committed.git("tag", "-a", "v1", "-m", "annotated")
    for rev in ("HEAD", "main", "v1", head, head[:8], "HEAD@{0}"):
        assert committed.repository.resolve(rev) == head


UNKNOWN = [
    "nope",
    "0" * 40,
    "0" * 64,
    "",
    "-h",
    "--all",
    "HEAD..HEAD",
    "^HEAD",
    "HEAD:train.py",
    "HEAD^7",
    "a\0b",
    "a b",
]


@pytest.mark.parametrize("rev", UNKNOWN)
def test_what_names_no_commit(committed: WorkTree, rev: str) -> None:
    repository = committed.repository
    assert not repository.has_commit(rev)
    for question in (repository.resolve, repository.blob_ids, lambda rev: repository.read(rev, "train.py")):
        with pytest.raises(AskError, match="no commit"):
            question(rev)


def test_has_commit(committed: WorkTree) -> None:
    head = committed.git("rev-parse", "HEAD")
    assert committed.repository.has_commit(head)
    assert not committed.repository.has_commit(committed.git("rev-parse", "HEAD:train.py"))
    assert not committed.repository.has_commit(head[:-1] + ("0" if head[-1] != "0" else "1"))
