"""What the index holds of a project, as git lists it: one process, and nothing imported that takes time.

`jeyn.git.command` is for all other questions; importing GitPython takes three times as long as a hook may.
"""

# ruff: noqa: PTH100, PTH123
# (pathlib takes 10 ms to import)
from __future__ import annotations

import os

#: What `lint` and `generate` read of a project: its documents, Dapr and kustomize's components, which may name any file
#: of YAML, generated files, the modules that functions may live in, and the Dockerfile. A `pyproject.toml` or
#: `.gitmodules` may make another project, or other modules, of what lies below.
_READ = ("generated", "Dockerfile", "*.py", "*.yaml", "*.yml", "*pyproject.toml", ":(top).gitmodules")
_LIST = ("--no-optional-locks", "-c", "core.fsmonitor=false")

#: What may be called the default branch, by the names that it mostly has, those of a remote first.
DEFAULT_BRANCHES = (
    *("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"),
    *("refs/heads/main", "refs/heads/master"),
)

# In a hook of a linked working tree git sets GIT_DIR, maybe relative, and takes the folder that it is started in for
# the top of the working tree. GIT_INDEX_FILE is relative to that top, wherever git is started.
_FOLDERS = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE")


def staged_listing(folder: str) -> bytes:
    """Mode, blob, stage and path from the top of each staged file that a check of the project at `folder` reads.

    As `git ls-files --stage -z` prints them; empty where git cannot tell, or nothing is staged.
    """
    return _git(folder, *_LIST, "ls-files", "--stage", "-z", "--full-name", "--", *_READ)


def branches(folder: str) -> bytes:
    """The commits of HEAD and of the branches that mostly are the default one; empty where none of these is there."""
    found = _git(folder, "show-ref", "--head", "--dereference", "HEAD", *DEFAULT_BRANCHES)
    return found if b" refs/" in found else b""


def can_list() -> bool:
    """Whether this system can start git without the module `subprocess`, which takes 10 ms to import."""
    return hasattr(os, "posix_spawnp")


def _git(folder: str, *words: str) -> bytes:
    """The output of `git WORDS…` started in a folder, without its complaints; empty if it did not work."""
    reader, writer = os.pipe()
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        child = os.posix_spawnp("git", ("git", "-C", folder, *words), _environment(), file_actions=actions)
    except OSError:  # no git: whoever asks next says so
        os.close(reader)
        return b""
    finally:
        os.close(writer)
    with open(reader, "rb") as output:
        found = output.read()
    _, status = os.waitpid(child, 0)
    return found if status == 0 else b""


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    if environment.get("GIT_DIR"):
        environment.setdefault("GIT_WORK_TREE", ".")
        for name in _FOLDERS:
            if environment.get(name):
                environment[name] = os.path.abspath(environment[name])
    return environment
