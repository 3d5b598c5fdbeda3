"""Snapshot commits on their way to and from the remote that the team shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jeyn.errors import AskError, Unreachable
from jeyn.git.command import Answer, ask
from jeyn.git.snapshot import REFS

_PER_CALL = 200


@dataclass(frozen=True, slots=True)
class Exchanged:
    """How many snapshots were brought along, and how many could not be: neither side has them."""

    brought: int
    lacking: int


def push_snapshots(top: Path, commits: Iterable[str]) -> Exchanged:
    """Push those of these snapshots that are here and not at the remote. AskError without a remote, or Unreachable.

    The remote is asked once, and only if one of them is here.
    """
    wanted = set(commits)
    here = wanted & _refs(top)
    if not here:
        return Exchanged(0, 0)
    remote = _remote(top)
    wanted -= _there(top, remote)
    return _exchange(top, "push", remote, wanted, wanted & here)


def fetch_snapshots(top: Path, commits: Iterable[str]) -> Exchanged:
    """Fetch those of these snapshots that are not here and that the remote has. Errors as of `push_snapshots`.

    One that nobody could push is no reason to bring nothing.
    """
    wanted = set(commits) - _refs(top)
    if not wanted:
        return Exchanged(0, 0)
    remote = _remote(top)
    return _exchange(top, "fetch", remote, wanted, wanted & _there(top, remote))


def _there(top: Path, remote: str) -> set[str]:
    """The snapshots that the remote has."""
    answer = ask(top, "-c", "core.askPass=true", "ls-remote", "--quiet", remote, f"{REFS}/*")
    if answer.status != 0:
        raise _unreachable("list", remote, answer)
    return _names(answer)


def _exchange(top: Path, how: str, remote: str, wanted: set[str], commits: set[str]) -> Exchanged:
    refs = [f"{REFS}/{commit}" for commit in sorted(commits)]
    for start in range(0, len(refs), _PER_CALL):
        some = [f"{ref}:{ref}" for ref in refs[start : start + _PER_CALL]]
        answer = ask(top, "-c", "core.askPass=true", how, "--quiet", remote, *some)
        if answer.status != 0:
            raise _unreachable(how, remote, answer)
    return Exchanged(len(commits), len(wanted) - len(commits))


def _unreachable(how: str, remote: str, answer: Answer) -> Unreachable:
    return Unreachable(f"git cannot {how} snapshots: {answer.complaint.strip()}", f"try `git fetch {remote}`")


def _refs(top: Path) -> set[str]:
    return _names(ask(top, "for-each-ref", "--format=%(refname)", REFS))


def _names(answer: Answer) -> set[str]:
    """The snapshots among whose refs an answer has one a line."""
    return {line.rpartition("/")[2] for line in answer.output.decode("utf-8", "replace").splitlines()}


def _remote(top: Path) -> str:
    """The name of the remote that the branch follows, else `origin`."""
    branch = ask(top, "symbolic-ref", "--quiet", "--short", "HEAD").output.decode("utf-8", "replace").strip()
    followed = ask(top, "config", "--get", f"branch.{branch}.remote").output.decode("utf-8", "replace").strip()
    known = ask(top, "remote").output.decode("utf-8", "replace").split()
    for name in (followed, "origin", *known):
        if name in known:
            return name
    raise AskError("this repository has no remote to exchange snapshots with", "add one: git remote add origin URL")
