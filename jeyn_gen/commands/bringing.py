"""Bringing what was generated for staged documents to where it is committed from: the working tree, or the index.

What a user has edited and not staged is left as it is, byte for byte, in generated files too: for them the index is
the only place to bring it to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jeyn.git.staged import stage, unstaged
from jeyn_gen.commands.staged import Staged
from jeyn_gen.publish.files import ORPHAN, ROOT, Drift, publish_again

# `git commit FILE` commits from an index of this name, which is then thrown away: what a hook stages there would be
# in the commit, and the next commit would take it back.
_INDEX_OF_SOME_FILES = "next-index-"


@dataclass(frozen=True)
class Brought:
    """The project as it is staged then; whether that is all it needs; generated files left as they were edited."""

    staged: Staged
    is_complete: bool = False
    left: tuple[str, ...] = ()


def bring(staged: Staged, changes: Sequence[Drift], *, add: bool) -> Brought:
    """Bring changes that were published below `staged.root` into the working tree, and with `add` into the index."""
    edited = unstaged(staged.top, f"{staged.prefix}{ROOT}") if changes else set()
    untouched = [change for change in changes if _is_untouched(staged, change, edited)]
    left = [change.path for change in changes if change not in untouched and not _is_there(staged, change)]
    publish_again(staged.place, untouched, staged.root)
    if not add or _commits_some_files():
        return Brought(staged, left=tuple(left))
    written = {f"{staged.prefix}{one.path}": staged.root / one.path for one in changes if one.state != ORPHAN}
    removed = [f"{staged.prefix}{one.path}" for one in changes if one.state == ORPHAN]
    added = stage(staged.top, written, removed)
    return Brought(staged.after(added, removed), is_complete=True, left=tuple(left))


def advice(brought: Brought) -> Iterator[str]:
    """What is left to do."""
    for path in brought.left:
        yield f"{path} has changes that are not staged, and is left as it is"
    if brought.is_complete:
        yield "staged as well: what was generated belongs into the same commit"
        return
    generated = Path(os.path.relpath(brought.staged.place / ROOT)).as_posix()
    if brought.left:
        yield "`jeyn generate --staged --add` stages what the staged documents need, and leaves these files alone"
    elif _commits_some_files():
        yield f"commit what was generated too: git add {generated}, then name it, or name nothing"
    else:
        yield f"stage what was generated: git add {generated}"


def _is_untouched(staged: Staged, change: Drift, edited: set[str]) -> bool:
    """Whether the working tree holds what the index holds."""
    path = f"{staged.prefix}{change.path}"
    if path in staged.entries:
        return path not in edited
    return not os.path.lexists(staged.place / change.path)


def _is_there(staged: Staged, change: Drift) -> bool:
    """Whether the working tree holds already what was generated."""
    try:
        found = (staged.place / change.path).read_bytes()
    except FileNotFoundError:
        return change.state == ORPHAN
    except OSError:
        return False
    return change.state != ORPHAN and found == (staged.root / change.path).read_bytes()


def _commits_some_files() -> bool:
    return Path(os.environ.get("GIT_INDEX_FILE", "")).name.startswith(_INDEX_OF_SOME_FILES)
