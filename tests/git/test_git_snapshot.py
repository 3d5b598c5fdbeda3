from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from git_work_tree import WorkTree

from jeyn.errors import AskError
from jeyn.git.repository import Repository, Snapshot
from jeyn.git.snapshot import REFS, UNTRACKED_LIMIT

ROOT = Path(__file__).parents[2]


def state(tree: WorkTree) -> dict[str, Any]:
    """All of a repository that a snapshot must not change: everything but objects and the refs of snapshots."""
    git_folder = Path(tree.git("rev-parse", "--absolute-git-dir"))
    found: dict[str, Any] = {}
    for place in sorted([*tree.top.rglob("*"), *git_folder.rglob("*")]):
        name = place.as_posix()
        if "/objects/" in name or ("/refs/jeyn" in name and "/logs/" not in name) or place.is_dir():
            continue
        facts = place.lstat()
        content = place.readlink() if place.is_symlink() else hashlib.sha256(place.read_bytes()).hexdigest()
        # Whoever reads a split index, `git status` too, renews the time of its shared part.
        time = 0 if place.name.startswith("sharedindex.") else facts.st_mtime_ns
        found[name] = (content, facts.st_mode, time)
    found["refs"] = [line for line in tree.git("for-each-ref").splitlines() if REFS not in line]
    found["status"] = tree.git("--no-optional-locks", "status", "--porcelain=v2", "--branch")
    return found


@contextmanager
def untouched(tree: WorkTree) -> Iterator[None]:
    before = state(tree)
    yield
    assert state(tree) == before


def snapshot(tree: WorkTree) -> Snapshot:
    """A snapshot, taken under watch, and twice: the same tree gives the same commit."""
    with untouched(tree):
        taken = tree.repository.snapshot()
        assert tree.repository.snapshot() == taken
    refs = tree.git("for-each-ref", "--format=%(refname) %(objectname)", REFS).splitlines()
    assert (f"{REFS}/{taken.commit} {taken.commit}" in refs) is taken.dirty
    return taken


def tree_as_git_would_add_it(tree: WorkTree) -> str:
    """The oracle: `git add -A` in a copy of the whole repository."""
    copy = tree.top.parent / "copy"
    shutil.copytree(tree.top, copy, symlinks=True)
    twin = WorkTree(copy)
    twin.git("add", "-A")
    return twin.git("write-tree")


def files_of(tree: WorkTree, commit: str) -> set[str]:
    return set(tree.git("ls-tree", "-r", "-z", "--name-only", commit).rstrip("\0").split("\0"))


def content(tree: WorkTree, commit: str, path: str) -> str:
    return tree.git("show", f"{commit}:{path}")


def test_a_clean_tree_is_its_commit(committed: WorkTree) -> None:
    assert snapshot(committed) == Snapshot(committed.git("rev-parse", "HEAD"), False, ())


def test_a_touched_file_is_no_change(committed: WorkTree) -> None:
    os.utime(committed.top / "train.py", (1, 1))
    assert snapshot(committed) == Snapshot(committed.git("rev-parse", "HEAD"), False, ())


def test_a_staged_change_that_was_undone_is_no_change(committed: WorkTree) -> None:
    committed.write("train.py", "other\n")
    committed.git("add", "-A")
    committed.write("train.py", "print('train')\n")
    assert snapshot(committed) == Snapshot(committed.git("rev-parse", "HEAD"), False, ())


def modify(tree: WorkTree) -> None:
    tree.write("train.py", "print('changed')\n")


def stage(tree: WorkTree) -> None:
    modify(tree)
    tree.git("add", "-A")


def stage_and_modify(tree: WorkTree) -> None:
    stage(tree)
    tree.write("train.py", "print('changed again')\n")


def delete(tree: WorkTree) -> None:
    (tree.top / "train.py").unlink()


def delete_from_index_only(tree: WorkTree) -> None:
    tree.git("rm", "--cached", "-q", "train.py")


def stage_and_delete(tree: WorkTree) -> None:
    tree.write("new.py", "new\n")
    tree.git("add", "-A")
    (tree.top / "new.py").unlink()
    tree.write("newer.py", "newer\n")


def rename(tree: WorkTree) -> None:
    tree.git("mv", "train.py", "learn.py")


def make_executable(tree: WorkTree) -> None:
    (tree.top / "train.py").chmod(0o755)


def add_links(tree: WorkTree) -> None:
    (tree.top / "link.py").symlink_to("train.py")
    (tree.top / "broken").symlink_to("nowhere")
    (tree.top / "folder").symlink_to("package")


def add_untracked(tree: WorkTree) -> None:
    tree.write("deep/er/new.py", "new\n")
    tree.write("empty", "")
    tree.write("ignored/data.bin", "x")
    tree.write("some.log", "x")


def intend_to_add(tree: WorkTree) -> None:
    tree.write("intended.py", "intended\n")
    tree.git("add", "-N", "intended.py")


def use_odd_names(tree: WorkTree) -> None:
    for name in ("with space.py", "new\nline.py", "tab\t.py", 'quo"te.py', "schöne Grüße.py", ":(top)x", "-n", "a*"):
        tree.write(name, name)
        tree.write(f"package/{name}", name)
    tree.write(os.fsdecode(b"latin-\xe9.py"), "latin")


def file_becomes_folder(tree: WorkTree) -> None:
    (tree.top / "train.py").unlink()
    tree.write("train.py/inner.py", "inner\n")


def folder_becomes_file(tree: WorkTree) -> None:
    shutil.rmtree(tree.top / "package")
    tree.write("package", "a file\n")


def folder_becomes_link(tree: WorkTree) -> None:
    (tree.top / "package").rename(tree.top / "moved")
    (tree.top / "package").symlink_to("moved")


def file_becomes_link(tree: WorkTree) -> None:
    (tree.top / "train.py").unlink()
    (tree.top / "train.py").symlink_to("package/one.py")


def delete_everything(tree: WorkTree) -> None:
    for path in tree.git("ls-files").splitlines():
        (tree.top / path).unlink()


def lose_the_index(tree: WorkTree) -> None:
    (tree.top / ".git/index").unlink()
    modify(tree)


@pytest.mark.parametrize(
    "change",
    [
        modify,
        stage,
        stage_and_modify,
        delete,
        stage_and_delete,
        rename,
        make_executable,
        add_links,
        add_untracked,
        intend_to_add,
        use_odd_names,
        file_becomes_folder,
        folder_becomes_file,
        folder_becomes_link,
        file_becomes_link,
        delete_everything,
        lose_the_index,
    ],
    ids=lambda change: change.__name__,
)
def test_a_snapshot_holds_what_git_add_would(committed: WorkTree, change: Callable[[WorkTree], None]) -> None:
    change(committed)
    taken = snapshot(committed)
    assert taken.dirty
    assert taken.left_out == ()
    assert committed.git("rev-parse", f"{taken.commit}^{{tree}}") == tree_as_git_would_add_it(committed)


def test_untracking_a_file_that_stays_is_no_change_of_the_tree(committed: WorkTree) -> None:
    delete_from_index_only(committed)
    assert not snapshot(committed).dirty


def test_everything_about_the_commit_but_its_tree_is_from_head(
    committed: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    modify(committed)
    first = snapshot(committed).commit
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Someone Else")
        monkeypatch.setenv(f"GIT_{role}_DATE", "1800000000 +0000")
    committed.git("config", "i18n.commitEncoding", "ISO-8859-1")
    assert snapshot(committed).commit == first
    assert committed.git("cat-file", "commit", first).splitlines() == [
        f"tree {committed.git('rev-parse', first + '^{tree}')}",
        f"parent {committed.git('rev-parse', 'HEAD')}",
        "author Ada Lovelace <ada@example.com> 1700000000 +0130",
        "committer Ada Lovelace <ada@example.com> 1700000000 +0130",
        "",
        "Snapshot of an uncommitted tree, made by jeyn",
    ]
    committed.git("fsck", "--strict")


def test_the_same_tree_in_another_clone_is_the_same_commit(committed: WorkTree, tmp_path: Path) -> None:
    committed.git("clone", "-q", str(committed.top), str(tmp_path / "clone"))
    clone = WorkTree(tmp_path / "clone")
    modify(committed)
    stage(clone)
    assert snapshot(clone).commit == snapshot(committed).commit


def test_another_tree_is_another_commit(committed: WorkTree) -> None:
    modify(committed)
    first = snapshot(committed)
    committed.write("train.py", "print('changed more')\n")
    assert snapshot(committed).commit != first.commit


def test_a_stash_a_branch_and_their_reflogs_stay(committed: WorkTree) -> None:
    modify(committed)
    committed.git("stash", "-q")
    committed.git("config", "core.logAllRefUpdates", "always")
    committed.git("switch", "-q", "-c", "feature")
    modify(committed)
    assert snapshot(committed).dirty
    assert committed.git("stash", "list")


def test_large_untracked_files_are_left_out_and_named(committed: WorkTree) -> None:
    committed.write("at-the-limit.bin", bytes(UNTRACKED_LIMIT))
    committed.write("data/über it.bin", bytes(UNTRACKED_LIMIT + 1))
    committed.write("big.bin", bytes(UNTRACKED_LIMIT + 1))
    taken = snapshot(committed)
    assert taken.left_out == ("big.bin", "data/über it.bin")
    assert files_of(committed, taken.commit) - files_of(committed, "HEAD") == {"at-the-limit.bin"}


def test_large_untracked_files_alone_leave_the_commit_as_it_is(committed: WorkTree) -> None:
    committed.write("big.bin", bytes(UNTRACKED_LIMIT + 1))
    assert snapshot(committed) == Snapshot(committed.git("rev-parse", "HEAD"), False, ("big.bin",))


def test_large_tracked_files_are_taken(committed: WorkTree) -> None:
    committed.write("big.bin", bytes(UNTRACKED_LIMIT + 1))
    committed.write("intended.bin", bytes(UNTRACKED_LIMIT + 2))
    committed.git("add", "big.bin")
    committed.git("add", "-N", "intended.bin")
    taken = snapshot(committed)
    assert taken.left_out == ()
    assert {"big.bin", "intended.bin"} <= files_of(committed, taken.commit)


def test_ignored_files_are_not_read(committed: WorkTree) -> None:
    for number in range(50):
        committed.write(f"ignored/{number}.bin", f"{number}")
    modify(committed)
    before = committed.git("count-objects")
    snapshot(committed)
    # train.py, the top tree and the commit: nothing of what is ignored
    assert int(committed.git("count-objects").split()[0]) == int(before.split()[0]) + 3


def test_a_file_changed_within_the_clock_tick_of_the_index_is_seen(committed: WorkTree) -> None:
    """The stat data of the file is what the index says; only the index's own time tells git to look at it."""
    committed.git("config", "core.trustctime", "false")
    past = 1_700_000_000_000_000_000
    os.utime(committed.top / "train.py", ns=(past, past))
    committed.git("update-index", "--refresh")
    committed.write("train.py", "print('tra1n')\n")
    os.utime(committed.top / "train.py", ns=(past, past))
    os.utime(committed.top / ".git/index", ns=(past, past))
    assert content(committed, snapshot(committed).commit, "train.py") == "print('tra1n')"


@pytest.fixture
def merging(committed: WorkTree) -> WorkTree:
    """A merge that stopped at three conflicts."""
    committed.git("switch", "-q", "-c", "theirs")
    committed.write("train.py", "theirs\n")
    committed.write("package/one.py", "theirs\n")
    committed.write("package/two.py", "theirs\n")
    committed.commit("theirs")
    committed.git("switch", "-q", "main")
    committed.write("train.py", "ours\n")
    committed.write("package/one.py", "ours\n")
    (committed.top / "package/two.py").unlink()
    committed.commit("ours")
    committed.git("merge", "-q", "theirs", check=False)
    assert "UU train.py" in committed.git("status", "--porcelain")
    return committed


def test_in_a_merge_what_lies_in_the_working_tree_is_taken(merging: WorkTree) -> None:
    (merging.top / "package/one.py").unlink()
    taken = snapshot(merging)
    assert "<<<<<<< HEAD\nours\n" in content(merging, taken.commit, "train.py")
    assert content(merging, taken.commit, "package/two.py") == "theirs"
    assert "package/one.py" not in files_of(merging, taken.commit)
    assert merging.git("rev-parse", f"{taken.commit}^{{tree}}") == tree_as_git_would_add_it(merging)


def test_in_a_merge_a_folder_may_have_become_a_link(merging: WorkTree) -> None:
    folder_becomes_link(merging)
    taken = snapshot(merging)
    assert {"package", "moved/one.py"} <= files_of(merging, taken.commit)
    assert "package/one.py" not in files_of(merging, taken.commit)


@pytest.mark.parametrize("cone", ["--cone", "--no-cone", "--sparse-index"])
def test_what_a_sparse_checkout_lacks_is_as_in_head(committed: WorkTree, cone: str) -> None:
    committed.write("other/kept.py", "kept\n")
    committed.commit()
    committed.git("sparse-checkout", "set", cone, "other")
    assert not (committed.top / "package").exists()
    assert not snapshot(committed).dirty
    committed.write("other/kept.py", "changed\n")
    committed.write("outside/new.py", "new\n")
    taken = snapshot(committed)
    assert files_of(committed, taken.commit) == files_of(committed, "HEAD") | {"outside/new.py"}
    assert content(committed, taken.commit, "package/one.py") == "one = 1"
    assert content(committed, taken.commit, "other/kept.py") == "changed"


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_to_overlook_is_taken(committed: WorkTree, flag: str) -> None:
    committed.git("update-index", flag, "train.py", "package/one.py")
    assert not snapshot(committed).dirty
    modify(committed)
    assert committed.git("status", "--porcelain") == ""
    taken = snapshot(committed)
    assert taken.dirty
    assert content(committed, taken.commit, "train.py") == "print('changed')"
    assert content(committed, taken.commit, "package/one.py") == "one = 1"


def test_a_deletion_that_git_was_told_to_overlook_is_taken(committed: WorkTree) -> None:
    committed.git("update-index", "--assume-unchanged", "train.py")
    delete(committed)
    assert "train.py" not in files_of(committed, snapshot(committed).commit)


def test_a_file_in_the_place_of_a_folder_that_git_was_told_to_overlook_is_taken(committed: WorkTree) -> None:
    committed.git("update-index", "--skip-worktree", "package/one.py", "package/two.py")
    folder_becomes_file(committed)
    assert content(committed, snapshot(committed).commit, "package") == "a file"


def test_line_endings_are_stored_as_git_add_would(committed: WorkTree) -> None:
    committed.git("config", "core.autocrlf", "true")
    committed.git("config", "core.safecrlf", "true")
    committed.write("train.py", "print('train')\r\n")
    assert not snapshot(committed).dirty
    committed.write("new.py", "a\r\nb\n")
    committed.write("train.py", "print('changed')\r\n")
    taken = snapshot(committed)
    assert committed.repository.read(taken.commit, "new.py") == b"a\nb\n"
    assert committed.repository.read(taken.commit, "train.py") == b"print('changed')\n"


def test_clean_filters_apply(committed: WorkTree) -> None:
    committed.git("config", "filter.upper.clean", "tr a-z A-Z")
    committed.write(".gitattributes", "*.txt filter=upper\n")
    committed.write("note.txt", "note\n")
    assert content(committed, snapshot(committed).commit, "note.txt") == "NOTE"


HOOKS = "pre-commit post-commit post-index-change reference-transaction post-checkout commit-msg prepare-commit-msg"


def test_no_hook_runs_and_no_monitor(committed: WorkTree) -> None:
    ran = committed.top.parent / "ran"
    for hook in HOOKS.split():
        committed.script(f".git/hooks/{hook}", f'echo {hook} >> "{ran}"')
    monitor = committed.script(".git/monitor", f'echo monitor >> "{ran}"')
    modify(committed)
    committed.git("config", "core.fsmonitor", str(monitor))
    committed.git("status")
    assert ran.read_text().split(), "the hooks are such as git runs"
    committed.write("new.py", "new\n")
    ran.unlink()
    assert committed.repository.snapshot().dirty
    assert not ran.exists()


def test_nothing_is_signed(committed: WorkTree) -> None:
    committed.git("config", "commit.gpgSign", "true")
    committed.git("config", "gpg.program", "false")
    modify(committed)
    assert "gpgsig" not in committed.git("cat-file", "commit", snapshot(committed).commit)


def test_a_signed_head_lends_its_author_and_not_its_signature(committed: WorkTree) -> None:
    raw = committed.git("cat-file", "commit", "HEAD").replace(
        "\n\n", "\nencoding ISO-8859-1\ngpgsig -----BEGIN PGP SIGNATURE-----\n author of a lie\n\n", 1
    )
    committed.write("../raw", raw)
    signed = committed.git("hash-object", "-t", "commit", "-w", "--literally", "../raw")
    committed.git("update-ref", "refs/heads/main", signed)
    modify(committed)
    header = committed.git("cat-file", "commit", snapshot(committed).commit).partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in header] == ["tree", "parent", "author", "committer", "encoding"]


@pytest.mark.parametrize("setting", ["core.splitIndex", "core.untrackedCache", "core.fscache", "feature.manyFiles"])
def test_unusual_indexes_are_left_as_they_are(committed: WorkTree, setting: str) -> None:
    committed.git("config", setting, "true")
    committed.write("package/three.py", "three\n")
    committed.git("add", "-A")
    committed.git("status")
    modify(committed)
    for number in range(50):
        committed.write(f"new/{number}.py", f"{number}\n")
    taken = snapshot(committed)
    assert committed.git("rev-parse", f"{taken.commit}^{{tree}}") == tree_as_git_would_add_it(committed)


def test_a_submodule_at_another_commit_is_recorded_so(with_submodule: WorkTree) -> None:
    library = WorkTree(with_submodule.top / "library")
    library.write("lib.py", "lib = 2\n")
    moved = library.commit()
    taken = snapshot(with_submodule)
    assert with_submodule.git("ls-tree", taken.commit, "library").split()[2] == moved
    assert taken.left_out == ()


@pytest.mark.parametrize("path", ["lib.py", "untracked.py"])
def test_changes_inside_a_submodule_are_named(with_submodule: WorkTree, path: str) -> None:
    with_submodule.git("config", "submodule.library.ignore", "all")
    with_submodule.write(f"library/{path}", "lib = 3\n")
    head = with_submodule.git("rev-parse", "HEAD")
    assert snapshot(with_submodule) == Snapshot(head, False, ("library",))
    modify(with_submodule)
    taken = snapshot(with_submodule)
    assert taken.left_out == ("library",)
    assert with_submodule.git("ls-tree", taken.commit, "library") == with_submodule.git("ls-tree", "HEAD", "library")


def test_a_submodule_that_is_not_checked_out_is_as_in_head(with_submodule: WorkTree) -> None:
    with_submodule.git("submodule", "--quiet", "deinit", "-f", "library")
    modify(with_submodule)
    taken = snapshot(with_submodule)
    assert with_submodule.git("ls-tree", taken.commit, "library") == with_submodule.git("ls-tree", "HEAD", "library")


def test_a_snapshot_inside_a_submodule(with_submodule: WorkTree) -> None:
    library = WorkTree(with_submodule.top / "library")
    library.write("lib.py", "lib = 4\n")
    taken = snapshot(library)
    assert content(library, taken.commit, "lib.py") == "lib = 4"


def test_repositories_inside_are_left_out_and_named(committed: WorkTree, started: Callable[..., WorkTree]) -> None:
    started("project/nested")
    started("project/with-commit").git("commit", "-q", "--allow-empty", "-m", "x")
    head = committed.git("rev-parse", "HEAD")
    assert snapshot(committed) == Snapshot(head, False, ("nested/", "with-commit/"))


def test_a_linked_working_tree_has_snapshots_of_its_own(committed: WorkTree, tmp_path: Path) -> None:
    committed.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = WorkTree(tmp_path / "linked")
    modify(linked)
    with untouched(committed):
        taken = snapshot(linked)
    assert content(committed, taken.commit, "train.py") == "print('changed')"
    assert not snapshot(committed).dirty


def test_a_project_in_a_sub_directory_takes_the_whole_tree(committed: WorkTree) -> None:
    modify(committed)
    found = Repository.find(committed.top / "package")
    assert found.snapshot() == snapshot(committed)


def test_a_repository_with_sha256(started: Callable[..., WorkTree]) -> None:
    tree = started("modern", "--object-format=sha256")
    tree.write("train.py", "print('train')\n")
    tree.commit()
    modify(tree)
    taken = snapshot(tree)
    assert len(taken.commit) == 64
    assert content(tree, taken.commit, "train.py") == "print('changed')"


def test_there_must_be_a_parent(committed: WorkTree) -> None:
    repository = committed.repository
    committed.git("switch", "-q", "--orphan", "fresh")
    with pytest.raises(AskError, match="no commit yet"):
        repository.snapshot()


TAKE = "import sys; from pathlib import Path; from jeyn.git.repository import Repository\n"
TAKE += "print(Repository.find(Path(sys.argv[1])).snapshot().commit)"


def test_processes_at_once_agree(committed: WorkTree) -> None:
    for number in range(100):
        committed.write(f"new/{number}.py", f"{number}\n")

    def take(_: int) -> str:
        command = [sys.executable, "-c", TAKE, str(committed.top)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().strip()

    with untouched(committed), ThreadPoolExecutor(6) as pool:
        commits = set(pool.map(take, range(6)))
    assert commits == {snapshot(committed).commit}


@pytest.mark.parametrize("linked", [False, True])
def test_in_a_hook_of_a_commit_the_index_of_that_commit_counts(
    committed: WorkTree, tmp_path: Path, linked: bool
) -> None:
    """`git commit -a` hands its hooks an index of its own, and in a linked working tree GIT_DIR as well."""
    output = tmp_path / "output"
    call = f'PYTHONPATH="{ROOT}" "{sys.executable}" -c "{TAKE}" package > "{output}"'
    committed.script(".git/hooks/pre-commit", call)
    tree = committed
    if linked:
        committed.git("worktree", "add", "-q", str(tmp_path / "linked"))
        tree = WorkTree(tmp_path / "linked")
    modify(tree)
    tree.git("commit", "-q", "-a", "-m", "by way of the hook")
    commit = output.read_text().strip()
    assert tree.git("rev-parse", f"{commit}^{{tree}}") == tree.git("rev-parse", "HEAD^{tree}")
    assert tree.git("rev-parse", f"{commit}^") == tree.git("rev-parse", "HEAD^")


@pytest.mark.parametrize(("change", "most"), [(lambda tree: None, 2), (modify, 8), (delete, 8)])
def test_few_processes(
    committed: WorkTree, change: Callable[[WorkTree], None], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(committed)
    repository = committed.repository
    repository.head()  # whatever GitPython starts when it is imported
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(tmp_path / "trace"))
    repository.snapshot()
    events = [json.loads(line) for line in (tmp_path / "trace").read_text().splitlines()]
    assert sum(event["event"] == "start" for event in events) <= most
