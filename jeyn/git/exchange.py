"""Snapshot commits on their way to and from the remote that the team shares."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jeyn.errors import AskError, Unreachable
from jeyn.git.command import Answer, ask
from jeyn.git.snapshot import REFS

_PER_CALL = 200


def push_snapshots(top: Path, commits: Iterable[str]) -> int:
    """Push the snapshots among these commits that are here; how many. AskError without a remote, or Unreachable."""
    there = _refs(top)
    return _exchange(top, "push", [f"{REFS}/{commit}" for commit in sorted(commits) if commit in there])


def fetch_snapshots(top: Path, commits: Iterable[str]) -> int:
    """Fetch those of these snapshots that are not here and that the remote has; how many. AskError as `push_snapshots`.

    One that nobody could push is no reason to bring nothing.
    """
    wanted = set(commits) - _refs(top)
    if not wanted:
        return 0
    remote = _remote(top)
    answer = ask(top, "-c", "core.askPass=true", "ls-remote", "--quiet", remote, f"{REFS}/*")
    if answer.status != 0:
        raise _unreachable("list", remote, answer)
    there = {line.rpartition("/")[2] for line in answer.output.decode("utf-8", "replace").splitlines()}
    return _exchange(top, "fetch", [f"{REFS}/{commit}" for commit in sorted(wanted & there)])


def _exchange(top: Path, how: str, refs: list[str]) -> int:
    if not refs:
        return 0
    remote = _remote(top)
    for start in range(0, len(refs), _PER_CALL):
        some = [f"{ref}:{ref}" for ref in refs[start : start + _PER_CALL]]
        answer = ask(top, "-c", "core.askPass=true", how, "--quiet", remote, *some)
        if answer.status != 0:
            raise _unreachable(how, remote, answer)
    return len(refs)


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
