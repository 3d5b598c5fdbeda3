"""Files as a commit or the index holds them, without the working tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from jeyn.errors import AskError
from jeyn.git.command import ask, run

#: Where a remote's or a local default branch is looked for, in this order.
_DEFAULT_BRANCHES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_LOCAL_BRANCHES = ("refs/heads/main", "refs/heads/master")


def staged_ids(top: Path, under: Iterable[str] = ()) -> dict[str, str]:
    """The blob id of each file in the index, links included and submodules not, by its path from `top`.

    `under` are paths from `top`; without one, all. AskError for a path with a conflict that nobody has resolved.
    """
    output = run(top, "ls-files", "--stage", "-z", "--full-name", "--", *under)
    ids: dict[str, str] = {}
    for record in os.fsdecode(output).split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        mode, blob, stage = facts.split(" ")
        if stage != "0":
            raise AskError(f"{path} has a conflict that is not resolved", "resolve it, then: git add " + path)
        if mode != "160000":
            ids[path] = blob
    return ids


def contents(top: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each of these blobs, by id, in one process; AskError if one is not there."""
    wanted = sorted(set(ids))
    output = run(top, "cat-file", "--batch", stdin="".join(f"{one}\n" for one in wanted).encode()) if wanted else b""
    found: dict[str, bytes] = {}
    place = 0
    for one in wanted:
        end = output.index(b"\n", place)
        words = output[place:end].split(b" ")
        if words[-1] == b"missing":
            raise AskError(f"git lacks the object {one}", "fetch the whole history: git fetch --unshallow")
        size = int(words[2])
        found[one] = output[end + 1 : end + 1 + size]
        place = end + 1 + size + 1
    return found


def export(top: Path, ids: Mapping[str, str], folder: Path) -> None:
    """Write the files with these ids below an empty folder, by their paths, as plain files."""
    held = contents(top, ids.values())
    for path, blob in ids.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(held[blob])


def branch_point(top: Path) -> str:
    """The commit where this branch left the default branch: HEAD itself on the default branch.

    The default branch is `origin/HEAD`, else `main` or `master`, of `origin` if there is one. AskError where there is
    none, or where the history is too short to tell.
    """
    for name in (*_DEFAULT_BRANCHES, *_LOCAL_BRANCHES):
        if ask(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").status == 0:
            break
    else:
        raise AskError("there is no default branch to compare with", "name what to compare with: --against REV")
    answer = ask(top, "merge-base", "HEAD", name)
    if answer.status != 0:
        branch = name.removeprefix("refs/").removeprefix("remotes/").removeprefix("heads/")
        raise AskError(
            f"this branch and {branch} have no commit in common here", "fetch the whole history: git fetch --unshallow"
        )
    return answer.output.decode().strip()
