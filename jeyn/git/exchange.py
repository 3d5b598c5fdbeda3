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
    """How many snapshots were brought along, and how many could not be: the side that they come from lacks them."""

    brought: int
    lacking: int


def push_snapshots(top: Path, commits: Iterable[str]) -> Exchanged:
    """Push those of these snapshots that are here. AskError without a remote, or Unreachable."""
    wanted = set(commits)
    return _exchange(top, "push", wanted, wanted & _refs(top))


def fetch_snapshots(top: Path, commits: Iterable[str]) -> Exchanged:
    """Fetch those of these snapshots that are not here and that the remote has. Errors as of `push_snapshots`.

    One that nobody could push is no reason to bring nothing.
    """
    wanted = set(commits) - _refs(top)
    if not wanted:
        return Exchanged(0, 0)
    remote = _remote(top)
    answer = ask(top, "-c", "core.askPass=true", "ls-remote", "--quiet", remote, f"{REFS}/*")
    if answer.status != 0:
        raise _unreachable("list", remote, answer)
    there = {line.rpartition("/")[2] for line in answer.output.decode("utf-8", "replace").splitlines()}
    return _exchange(top, "fetch", wanted, wanted & there)


def _exchange(top: Path, how: str, wanted: set[str], commits: set[str]) -> Exchanged:
    refs = [f"{REFS}/{commit}" for commit in sorted(commits)]
    remote = _remote(top) if refs else ""
    for start in range(0, len(refs), _PER_CALL):
        some = [f"{ref}:{ref}" for ref in refs[start : start + _PER_CALL]]
        answer = ask(top, "-c", "core.askPass=true", how, "--quiet", remote, *some)
        if answer.status != 0:
            raise _unreachable(how, remote, answer)
    return Exchanged(len(commits), len(wanted) - len(commits))


def _unreachable(how: str, remote: str, answer: Answer) -> Unreachable:
    return Unreachable(f"git cannot {how} snapshots: {answer.complaint.strip()}", f"try `git fetch {remote}`")


def _refs(top: Path) -> set[str]:
    answer = ask(top, "for-each-ref", "--format=%(refname)", REFS)
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
