"""A git repository, as Jeyn asks about it."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jeyn.errors import AskError
from jeyn.git import snapshot
from jeyn.git.command import Answer, ask
from jeyn.git.files import Files, different_files
from jeyn.git.remote import choose, without_credentials
from jeyn.git.snapshot import Snapshot
from jeyn.git.status import FIRST_COMMIT

__all__ = ["Repository", "Snapshot"]

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_START_A_REPOSITORY = "git init && git add -A && git commit -m 'First commit'"


@dataclass(frozen=True)
class Repository:
    """A working tree and its git repository; `top` is the root of the working tree.

    Every method may raise AskError where git is missing or refuses. Paths inside are relative to `top`, with `/`.
    """

    top: Path

    @classmethod
    def find(cls, path: Path) -> Self:
        """The repository that a folder or file lies in; AskError if there is none, or nothing is committed yet."""
        # GIT_DIR makes the working directory of the process the place that git is asked about.
        place = Path.cwd() if os.environ.get("GIT_DIR") else path if path.is_dir() else path.parent
        if not place.is_dir():
            raise AskError(f"there is no folder {place}")
        answer = ask(place, "rev-parse", "--is-bare-repository", "--show-toplevel", "HEAD^{commit}")
        if answer.status != 0:
            raise _no_repository(place, answer)
        top = answer.output.removeprefix(b"false\n").removesuffix(b"\n").rpartition(b"\n")[0]
        return cls(Path(os.fsdecode(top)))

    def head(self) -> str:
        """The id of the commit that is checked out."""
        return self.resolve("HEAD")

    def remote(self) -> str:
        """The URL of the remote that the branch follows, or of `origin`, without credentials; empty if none."""
        branch = ask(self.top, "symbolic-ref", "--quiet", "--short", "HEAD").output.decode("utf-8", "replace")
        configuration = ask(self.top, "config", "-z", "--get-regexp", r"^(branch\..*\.remote|remote\..*\.url)$")
        return without_credentials(choose(configuration.output, branch.strip()))

    def actor(self) -> str:
        """`NAME <EMAIL>` as the user told git (configuration or environment), else the system's user; never fails."""
        try:
            # Without this, git makes an address up from user and host names.
            answer = ask(self.top, "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
        except AskError:
            return _system_user()
        name, bracket, _ = answer.output.decode("utf-8", "replace").rpartition(">")
        return name + bracket if answer.status == 0 and bracket else _system_user()

    def snapshot(self) -> Snapshot:
        """The commit that holds the working tree as it is: HEAD, or one made for it under `refs/jeyn/snapshots`.

        The index, branches, stash, reflogs and working tree stay as they are, and no hook runs.
        """
        return snapshot.take(self.top)

    def blob_ids(self, commit: str, under: Path | None = None) -> dict[str, str]:
        """The blob id of each file in a commit, links included and submodules not.

        `under` is a folder or file, absolute or relative to `top`; where the commit has none, the answer is empty.
        """
        folder = "." if under is None else Files(self.top).name(under)
        words = ["-r", "-z", "--full-tree", self._given(commit), "--", *([] if folder == "." else [folder])]
        answer = ask(self.top, "ls-tree", *words)
        if answer.status != 0:
            self.resolve(commit)
            raise AskError(f"git cannot list commit {commit}: {answer.complaint.strip()}")
        ids: dict[str, str] = {}
        for record in os.fsdecode(answer.output).split("\0")[:-1]:
            facts, _, path = record.partition("\t")
            _, kind, blob = facts.split(" ")
            if kind == "blob":
                ids[path] = blob
        return ids

    def differs(self, commit_ids: Mapping[str, str], paths: Iterable[Path]) -> tuple[str, ...]:
        """Which of these files are not what `commit_ids` (see `blob_ids`) says; sorted, relative to `top`.

        Different is what the commit lacks, what has other content, and what cannot be read. A link must have its
        target, and if that lies in the repository, the target its content. `paths` are absolute or relative to
        `top`; one outside is different, and its name absolute. Nothing is asked of git unless bytes differ: then
        line endings and filters may explain it.
        """
        return different_files(self.top, commit_ids, paths)

    def read(self, commit: str, path: str) -> bytes:
        """The content of a file in a commit, as git holds it; AskError if it has no such file."""
        answer = ask(self.top, "cat-file", "blob", f"{self._given(commit)}:{path}")
        if answer.status != 0:
            self.resolve(commit)
            raise AskError(f"there is no file {path} in commit {commit}")
        return answer.output

    def resolve(self, rev: str) -> str:
        """The full id of the commit that a revision names; AskError if there is none."""
        found = self._commit_id(rev)
        if found is None:
            raise AskError(f"there is no commit {rev!r} in {self.top}", "git fetch --all --tags, or check the name")
        return found

    def has_commit(self, commit: str) -> bool:
        """Whether the commit is in this repository."""
        return self._commit_id(commit) is not None

    def _given(self, commit: str) -> str:
        """A full id as it is, without a process; anything else resolved, since git could read an option in it."""
        return commit if _ID.fullmatch(commit) else self.resolve(commit)

    def _commit_id(self, rev: str) -> str | None:
        if rev[:1] in ("", "-") or "\0" in rev:  # git would read an option
            return None
        # A full id passes without a look at the object unless it is asked to be a commit.
        answer = ask(self.top, "rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
        found = answer.output.decode("ascii", "replace").strip()
        return found if answer.status == 0 and _ID.fullmatch(found) else None


def _no_repository(place: Path, answer: Answer) -> AskError:
    """Why `rev-parse` stopped: it prints one line for each question that it could answer."""
    if answer.output.startswith(b"true\n"):
        return AskError(f"{place} is in a bare git repository, which has no files", "work in a clone of it")
    if "must be run in a work tree" in answer.complaint:
        return AskError(f"{place} is inside a .git folder", "change to the folder that holds it")
    if answer.output:
        return AskError(f"the git repository of {place} has no commit yet", FIRST_COMMIT)
    if "not a git repository" in answer.complaint:
        return AskError(f"not a git repository: {place}", _START_A_REPOSITORY)
    return AskError(f"git cannot read the repository of {place}: {answer.complaint.strip()}")


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # which one, for a user without a name, depends on Python's version
        return "unknown"
