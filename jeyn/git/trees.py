"""Files as a commit or the index holds them, without the working tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from jeyn.errors import AskError
from jeyn.git.command import ask, run
from jeyn.git.listing import DEFAULT_BRANCHES

_LINK, _SUBMODULE = "120000", "160000"
_EMPTY_BLOBS = frozenset(
    # of SHA-1 and of SHA-256
    ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds at a path: the id of a blob, or of a submodule's commit."""

    mode: str
    id: str

    @property
    def is_link(self) -> bool:
        return self.mode == _LINK

    @property
    def is_submodule(self) -> bool:
        return self.mode == _SUBMODULE


def staged_entries(top: Path, under: Iterable[str] = ()) -> dict[str, Entry]:
    """What the index holds, by its path from `top`; not what is there only for `git add --intent-to-add`.

    `under` are paths from `top`; without one, all. AskError for a path with a conflict that nobody has resolved.
    """
    under = tuple(under)
    output = run(top, "ls-files", "--stage", "-z", "--full-name", "--", *under)
    entries: dict[str, Entry] = {}
    for record in os.fsdecode(output).split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        mode, blob, stage = facts.split(" ")
        if stage != "0":
            raise AskError(f"{path} has a conflict that is not resolved", "resolve it, then: git add " + path)
        entries[path] = Entry(mode, blob)
    if not _EMPTY_BLOBS.isdisjoint(entry.id for entry in entries.values()):
        intended = run(top, "diff-files", "--name-only", "--diff-filter=A", "-z", "--", *under)
        for path in os.fsdecode(intended).split("\0")[:-1]:
            entries.pop(path, None)
    return entries


def staged_ids(top: Path, under: Iterable[str] = ()) -> dict[str, str]:
    """The blob id of each of `staged_entries`, links included and submodules not."""
    return {path: entry.id for path, entry in staged_entries(top, under).items() if not entry.is_submodule}


def contents(top: Path, ids: Iterable[str], *options: str) -> dict[str, bytes]:
    """The bytes of each of these blobs, by id, in one process; AskError if one is not there.

    `options` are those of git that stand before a command.
    """
    wanted = sorted(set(ids))
    given = "".join(f"{one}\n" for one in wanted).encode()
    output = run(top, *options, "cat-file", "--batch", stdin=given) if wanted else b""
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


def export(top: Path, ids: Mapping[str, str], folder: Path, *options: str) -> None:
    """Write the files with these ids below an empty folder, by their paths, as plain files."""
    held = contents(top, ids.values(), *options)
    made: set[Path] = set()
    for path, blob in ids.items():
        place = folder / path
        if place.parent not in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            made.add(place.parent)
        place.write_bytes(held[blob])


def has_commits(top: Path) -> bool:
    """Whether there is a commit that is checked out."""
    return ask(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").status == 0


def branch_point(top: Path) -> str:
    """The commit where this branch left the default branch: HEAD itself on the default branch.

    The default branch is `origin/HEAD`, else `main` or `master`, of `origin` if there is one; else what
    `init.defaultBranch` names, or the only branch that there is. AskError where there is none, or where the history
    is too short to tell.
    """
    name = _default_branch(top)
    answer = ask(top, "merge-base", "HEAD", name)
    if answer.status != 0:
        branch = name.removeprefix("refs/").removeprefix("remotes/").removeprefix("heads/")
        raise AskError(
            f"this branch and {branch} have no commit in common here", "fetch the whole history: git fetch --unshallow"
        )
    return answer.output.decode().strip()


def _default_branch(top: Path) -> str:
    for name in chain(DEFAULT_BRANCHES, _configured(top)):
        if ask(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").status == 0:
            return name
    for folder in ("refs/remotes/origin", "refs/heads"):
        listed = ask(top, "for-each-ref", "--format=%(refname)", "--count=2", folder).output
        found: list[str] = os.fsdecode(listed).split()
        if len(found) == 1:
            return found[0]
    fix = "name what to compare with: --against REV; or tell git once: git remote set-head origin --auto"
    raise AskError("there is no default branch to compare with", fix)


def _configured(top: Path) -> Iterator[str]:
    """Where the branch is that git's settings name; git is asked when nothing was found before."""
    named: str = ask(top, "config", "--get", "init.defaultBranch").output.decode(errors="replace").strip()
    if named:
        yield from (f"refs/remotes/origin/{named}", f"refs/heads/{named}")
