"""Comparing `generated/` with what it should hold, and bringing it there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jeyn.errors import AskError
from jeyn_gen.emit.field_types import warm_up
from jeyn_gen.emit.units import Unit, found, maker_of
from jeyn_gen.load.side_by_side import side_by_side
from jeyn_gen.publish.seen import Seen

ROOT = "generated"
MISSING = "missing"
# Most units take milliseconds, one with a class tens of them.
_WORTH_A_PROCESS = 16
CHANGED = "changed"
ORPHAN = "orphan"
_HEADER_BYTES = 1024  # more than the two lines of a header have, and those that a merge puts before them


@dataclass(frozen=True, slots=True, order=True)
class Drift:
    """A file of `generated/` that is not as it should be: missing, changed or orphan.

    `made_by` is the version of Jeyn that made it, where it says so; `is_only_remade`: it is changed for no other
    reason than that.
    """

    path: str
    state: str
    made_by: str = ""
    is_only_remade: bool = False


def drift(root: Path, units: Iterable[Unit], state: Path | None = None) -> list[Drift]:
    """Where `generated/` differs. Nothing is rendered: the headers tell. AskError for a file that cannot be read.

    `state`: the folder where it is kept which files were fresh, so that they need not be read again.
    """
    wanted = {unit.path: unit for unit in units}
    differing = [Drift(path, ORPHAN, _maker_of(root / path)) for path in _files(root) if path not in wanted]
    seen = Seen(state)
    differing += [one for unit in wanted.values() if (one := _differing(root, unit, seen)) is not None]
    seen.keep()
    return sorted(differing)


def _differing(root: Path, unit: Unit, seen: Seen) -> Drift | None:
    """How the file of a unit differs, or None."""
    path = unit.path
    file = os.path.join(root, path)  # noqa: PTH118  # of a thousand files, pathlib's would take as long as the rest
    try:
        status = os.stat(file)  # noqa: PTH116  # likewise
        if seen.is_fresh(path, status, unit.inputs_digest):
            return None
        with open(file, "rb") as stream:  # noqa: PTH123  # likewise
            text = stream.read().decode(errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return Drift(path, MISSING)
    except IsADirectoryError:
        return Drift(path, CHANGED)
    except OSError as error:
        raise AskError(f"{path} cannot be read: {error.strerror}", "see who may read it") from None
    held = found(text, unit.inputs_digest)
    if not held.is_fresh:
        return Drift(path, CHANGED, held.made_by, held.is_of_another_maker)
    seen.note(path, status, unit.inputs_digest)
    return None


def _maker_of(file: Path) -> str:
    """The version of Jeyn that made a file; empty where none says that it did."""
    try:
        with file.open("rb") as stream:
            return maker_of(stream.read(_HEADER_BYTES).decode(errors="replace"))
    except OSError:
        return ""


def publish(root: Path, units: Iterable[Unit], state: Path | None = None) -> list[Drift]:
    """Write what differs, remove what is orphaned, and return what that was. `state` as above.

    All new text is rendered before the first file is touched; each file is replaced in one step. AskError where
    something else stands in the way of a file, or is there that Jeyn did not make.
    """
    wanted = {unit.path: unit for unit in units}
    changes = drift(root, wanted.values(), state)
    if foreign := [change.path for change in changes if change.state == ORPHAN and not change.made_by]:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        fix = f"move away what somebody else put there: all of {ROOT}/ is Jeyn's, and only what it makes stays"
        raise AskError(f"{foreign[0]}{more} was not generated", fix)
    _apply(root, changes, _rendered([wanted[change.path] for change in changes if change.state != ORPHAN]))
    return changes


def publish_again(root: Path, changes: Sequence[Drift], source: Path) -> None:
    """Make changes below a root that `publish` has made below another, `source`. AskError as there."""
    kept = [change.path for change in changes if change.state != ORPHAN]
    _apply(root, changes, {path: (source / path).read_bytes().decode() for path in kept})


def _rendered(units: Sequence[Unit]) -> dict[str, str]:
    """The text of each unit by its path."""
    if len(units) > _WORTH_A_PROCESS:
        warm_up()
    # By path, those that take long stand beside each other; dealt out, each process gets its share of them.
    units = [unit for deal in range(_WORTH_A_PROCESS) for unit in units[deal::_WORTH_A_PROCESS]]
    parts = side_by_side(lambda some: [(unit.path, unit.text()) for unit in some], units, _WORTH_A_PROCESS)
    return {path: text for part in parts for path, text in part}


def _apply(root: Path, changes: Iterable[Drift], texts: Mapping[str, str]) -> None:
    try:
        for path, text in texts.items():
            _replace(root / path, text)
        for change in changes:
            if change.state == ORPHAN:
                (root / change.path).unlink()
                _remove_empty_folders((root / change.path).parent, root / ROOT)
    except OSError as error:
        place = error.filename2 or error.filename
        raise AskError(f"{place} cannot be written: {error.strerror}", "move away what stands there") from None


def _files(root: Path) -> Iterator[str]:
    """Files of `generated/` that Jeyn could have made."""
    for where, folders, files in os.walk(root / ROOT):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        base = Path(where).relative_to(root).as_posix()
        yield from (f"{base}/{name}" for name in sorted(files) if not name.startswith("."))


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:  # an interrupt too must not leave the temporary file behind
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove_empty_folders(folder: Path, top: Path) -> None:
    while folder != top.parent and folder.is_dir() and not any(p for p in folder.iterdir() if p.name != "__pycache__"):
        for cache in folder.glob("__pycache__/*"):
            cache.unlink()
        for empty in [*folder.glob("__pycache__"), folder]:
            empty.rmdir()
        folder = folder.parent
