"""A project as it is staged, for commands that a hook runs: what is edited and not staged has no say in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Self

from jeyn.cli import passed
from jeyn.errors import AskError
from jeyn.git.staged import work_tree, write_out
from jeyn.git.trees import Entry, contents, staged_entries
from jeyn_gen.load.dockerfile import DOCKERFILE
from jeyn_gen.load.documents import SUFFIXES
from jeyn_gen.publish.files import ROOT as GENERATED

_CONFIGURATION = "pyproject.toml"
_SUBMODULES = ".gitmodules"

#: Where Linux keeps files in memory: making 2,000 files takes 0.05 s there, on a disk ten times that.
_MEMORY = Path("/dev/shm")  # noqa: S108  # what is made in it has a name of its own and the user's rights only
_ROOM = 512 << 20


@dataclass(frozen=True)
class Staged:
    """A project in the index of a working tree.

    `root` is a temporary folder that holds it as it is staged, `top` the working tree, `prefix` where in it the
    project is (empty, or ending in `/`), `start` the folder that the command was started in, `read` the paths from
    `top` that were written out, `entries` all that the index holds below the prefix.
    """

    root: Path
    top: Path
    prefix: str
    start: Path
    read: tuple[str, ...]
    entries: Mapping[str, Entry]

    @property
    def place(self) -> Path:
        """The project's folder in the working tree."""
        return self.top / self.prefix

    def after(self, added: Mapping[str, Entry], removed: Collection[str]) -> Self:
        """The same with other content at some paths from `top`."""
        read = {*self.read, *added}.difference(removed)
        entries = {path: entry for path, entry in {**self.entries, **added}.items() if path not in removed}
        return replace(self, read=tuple(sorted(read)), entries=entries)

    def remember(self, check: str) -> None:
        """Note that a check has passed and had nothing to say: see `jeyn.cli.passed`."""
        if all(entry.mode.startswith("100") for entry in self.entries.values()):  # the listing sees no others
            seen = {path: entry.id for path, entry in self.entries.items()}
            passed.remember(check, str(self.place), str(self.start), self.read, seen)


@contextmanager
def staged_project(folder: Path) -> Iterator[Staged]:
    """The project around a folder as it is staged, which need not be how it stands in the working tree.

    AskError where no project is staged there, or a conflict in it is not resolved.
    """
    start = folder.resolve()
    top = work_tree(folder).resolve()
    if not start.is_relative_to(top):
        raise AskError(f"{start} is not in the working tree {top}")
    prefix = _prefix(top, PurePosixPath(start.relative_to(top).as_posix()))
    entries = staged_entries(top, [prefix or ".", _SUBMODULES])
    with tempfile.TemporaryDirectory(prefix="jeyn-staged-", dir=_memory()) as scratch:
        read = write_out(top, entries, lambda path: _is_read(path.removeprefix(prefix)), Path(scratch))
        root = Path(scratch).resolve() / prefix
        yield Staged(root, top, prefix, start, tuple(read), entries)


def _memory() -> Path | None:
    """The folder of files in memory, if there is room; None for the usual one for temporary files."""
    if os.environ.get("TMPDIR") or not os.access(_MEMORY, os.W_OK):
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free > _ROOM else None


def _prefix(top: Path, start: PurePosixPath) -> str:
    """The nearest folder, from `start` upward, whose staged configuration is a project's."""
    folders = ["" if str(one) == "." else f"{one}/" for one in (start, *start.parents)]
    entries = staged_entries(top, [f"{folder}{_CONFIGURATION}" for folder in folders])
    ids = {path: entry.id for path, entry in entries.items()}
    texts = contents(top, ids.values())
    for folder in folders:
        path = f"{folder}{_CONFIGURATION}"
        if path in ids and _is_project(path, texts[ids[path]]):
            return folder
    raise AskError(
        f"no Jeyn project is staged in {top / start}",
        f"git add the {_CONFIGURATION} that has `[tool.jeyn]`, or name the project's folder with -C",
    )


def _is_project(path: str, text: bytes) -> bool:
    try:
        tool = tomllib.loads(text.decode()).get("tool", {})
        return isinstance(tool, dict) and "jeyn" in tool
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AskError(f"{path}, as it is staged, is not TOML: {error}", f"mend it, then: git add {path}") from None


def _is_read(path: str) -> bool:
    """Whether a check reads a path of the project.

    It reads documents, Dapr and kustomize's components, which may name any file of YAML, generated files, modules that
    functions may live in, and the Dockerfile.
    """
    *folders, name = path.split("/")
    if path in (_CONFIGURATION, DOCKERFILE) or name.endswith(SUFFIXES) or (folders and folders[0] == GENERATED):
        return True
    return name.endswith(".py") and all(map(str.isidentifier, folders))
