"""How git is asked: through GitPython's command layer, imported when the first question is asked.

The import takes 100 ms and starts `git version`, so whoever asks nothing does not pay for it. GitPython's object
model is not used: it starts more processes, and reads index and configuration in Python.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.errors import AskError

if TYPE_CHECKING:
    from git.cmd import Git

# What git would otherwise do on the side. No question asked here runs the user's hooks or touches their files.
_NOTHING_ON_THE_SIDE = (
    "--no-optional-locks",  # `status` would write what it learned into the user's index
    "--literal-pathspecs",  # a path is a path, whatever characters it has
    *("-c", f"core.hooksPath={os.devnull}"),  # post-index-change, reference-transaction
    *("-c", "core.fsmonitor=false"),  # it may name a hook, or start a daemon
    *("-c", "core.splitIndex=false"),  # a copy of the index would leave shared parts behind in the repository
    *("-c", "core.safecrlf=false"),  # a warning for whoever commits, not a reason to fail
    *("-c", "core.logAllRefUpdates=false"),
)

# Relative values are relative to the working directory of this process, and git is started elsewhere.
_FOLDERS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")

_INSTALL = "install git (https://git-scm.com/downloads) and see that it is on PATH"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a git process left: `complaint` is its standard error, in English."""

    status: int
    output: bytes
    complaint: str


def ask(directory: Path, *words: str, stdin: bytes = b"", index: Path | None = None) -> Answer:
    """Run `git WORDS…` in a directory that exists; `index` stands in for the repository's own.

    AskError where there is no git, or where git refuses a repository that belongs to someone else. The variables
    that point git elsewhere (GIT_DIR and its like) mean what they mean to git itself.
    """
    git = _gitpython()
    environment = {name: str(Path(os.environ[name]).absolute()) for name in _FOLDERS if os.environ.get(name)}
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    command = [git.GIT_PYTHON_GIT_EXECUTABLE or git.git_exec_name, *_NOTHING_ON_THE_SIDE, *words]
    with tempfile.TemporaryFile() if stdin else nullcontext() as given:
        if given is not None:
            given.write(stdin)
            given.seek(0)
        try:
            status, output, complaint = git(directory).execute(
                command,
                istream=given,
                env=environment,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except (_not_found(), PermissionError) as error:
            raise AskError("git cannot be started", _INSTALL) from error
    answer = Answer(status, bytes(output), str(complaint))
    _check_ownership(answer)
    return answer


def run(directory: Path, *words: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
    """The output of a git command that is expected to work; AskError with git's own words where it does not."""
    answer = ask(directory, *words, stdin=stdin, index=index)
    if answer.status != 0:
        raise AskError(f"`git {words[0]}` failed in {directory}: {answer.complaint.strip()}")
    return answer.output


def _gitpython() -> type[Git]:
    try:
        from git.cmd import Git  # 100 ms
    except ModuleNotFoundError:
        raise  # an incomplete installation of Python packages, which says so itself
    except ImportError as error:  # GitPython looks for the program when it is imported
        raise AskError("there is no `git` program on this machine", _INSTALL) from error
    return Git


def _not_found() -> type[Exception]:
    from git.exc import GitCommandNotFound  # likewise

    return GitCommandNotFound


def _check_ownership(answer: Answer) -> None:
    # https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory: the last line is the remedy.
    if answer.status == 128 and "safe.directory" in answer.complaint:
        lines = [line.strip() for line in answer.complaint.splitlines() if line.strip()]
        problem, remedy = lines[0].removeprefix("fatal: "), lines[-1]
        raise AskError(f"git refuses the repository, whose files belong to another user: {problem}", remedy)
