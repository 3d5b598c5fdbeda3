"""The commit of an uncommitted tree: a commit that the user's index, branch, stash and reflog know nothing of."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from jeyn.git.command import run
from jeyn.git.status import Status, read_status

#: Where snapshots live, so that git neither shows them as branches nor collects them as garbage.
REFS = "refs/jeyn/snapshots"
#: Untracked files of more bytes are left out: they are data or waste, and a repository keeps them for ever.
UNTRACKED_LIMIT = 5 * 1024 * 1024

# Fixed, like all else in the commit, so that the same tree gives the same commit. Persisted: do not reword.
_MESSAGE = b"Snapshot of an uncommitted tree, made by jeyn\n"
_KEPT = (b"author ", b"committer ", b"encoding ")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The commit that stands for a working tree.

    `dirty`: `commit` was made for the tree, since HEAD has another. `left_out` names, relative to the top, what no
    commit here could hold or none should: large untracked files, repositories inside this one, and submodules with
    changes of their own. A tree that is HEAD's but for those is not dirty.
    """

    commit: str
    dirty: bool
    left_out: tuple[str, ...]


def take(top: Path) -> Snapshot:
    """The commit that holds the working tree as it is; AskError if there is no commit to be its parent."""
    status = read_status(top)
    hidden = _hidden(top)
    taken, refused = _sorted_out(top, status.untracked)
    left_out = tuple(sorted(map(_printable, [*refused, *status.opaque])))
    if not (hidden or taken or status.staged or status.changed or status.deleted):
        return Snapshot(status.head, False, left_out)
    tree = _write_tree(top, status, hidden, taken)
    parent = run(top, "cat-file", "commit", status.head)
    if parent.startswith(f"tree {tree}\n".encode()):
        return Snapshot(status.head, False, left_out)
    return Snapshot(_write_commit(top, tree, status.head, parent), True, left_out)


def _hidden(top: Path) -> list[str]:
    """Tracked paths that `git status` does not look at because the user told it so, and that may yet have changed.

    `git ls-files -v` marks assume-unchanged in lower case and skip-worktree with S. The latter is also how a
    sparse checkout marks what it has not checked out, which then is as HEAD has it.
    """
    hidden: list[str] = []
    for record in run(top, "ls-files", "-v", "-z").split(b"\0"):
        mark, path = record[:1], os.fsdecode(record[2:])
        if mark == b"h" or ((mark == b"S" or mark.islower()) and os.path.lexists(top / path)):
            hidden.append(path)
    return hidden


def _sorted_out(top: Path, untracked: Iterable[str]) -> tuple[list[str], list[str]]:
    """Untracked paths that are taken, and those that are not."""
    taken: list[str] = []
    refused: list[str] = []
    for path in untracked:
        if path.endswith("/"):
            refused.append(path)
            continue
        try:
            found = (top / path).lstat()
        except OSError:
            continue  # gone since git saw it
        large = stat.S_ISREG(found.st_mode) and found.st_size > UNTRACKED_LIMIT
        (refused if large else taken).append(path)
    return taken, refused


def _write_tree(top: Path, status: Status, hidden: Iterable[str], taken: Iterable[str]) -> str:
    """The tree of the working tree, by way of a copy of the index."""
    with TemporaryDirectory(prefix="jeyn-index-") as scratch:
        index = Path(scratch, "index")
        source = top / os.fsdecode(run(top, "rev-parse", "--git-path", "index").removesuffix(b"\n"))
        if source.exists():
            # With its time: git takes a file no older than the index for possibly changed since it was indexed.
            shutil.copy2(source, index)

        def update(paths: Iterable[str], *how: str) -> None:
            if given := b"".join(os.fsencode(path) + b"\0" for path in paths):
                run(top, "update-index", *how, "-z", "--stdin", stdin=given, index=index)

        update(hidden, "--no-assume-unchanged")
        update(hidden, "--no-skip-worktree")
        # Deleted ones on their own: git refuses to look behind a link that took the place of their folder.
        update(status.deleted, "--force-remove")
        update([*status.changed, *hidden, *taken], "--add", "--remove", "--replace")
        return run(top, "write-tree", index=index).decode().strip()


def _write_commit(top: Path, tree: str, head: str, parent: bytes) -> str:
    """Commit `tree` onto `head`, whose raw object is `parent`.

    Author and committer are HEAD's lines as they stand; `git commit-tree` would clean, date and recode them by the
    user's configuration, and refuse the odd ones.
    """
    header = parent.partition(b"\n\n")[0].split(b"\n")
    kept = [line for line in header if line.startswith(_KEPT)]
    lines = [f"tree {tree}".encode(), f"parent {head}".encode(), *kept, b"", _MESSAGE]
    made = run(top, "hash-object", "-t", "commit", "-w", "--stdin", stdin=b"\n".join(lines))
    commit = made.decode().strip()
    run(top, "update-ref", f"{REFS}/{commit}", commit)
    return commit


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")
