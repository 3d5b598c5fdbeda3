"""A traceback as the user wants to read it: from their own code on, without Jeyn's frames above."""

from __future__ import annotations

import traceback
from pathlib import Path

from jeyn.model.modules import GENERATED

_HERE = Path(__file__).resolve().parents[1]
_MOST_FRAMES = 12


def excerpt(error: BaseException, root: Path) -> str:
    """The error and the frames that led to it, beginning with the first in the project's own code."""
    told = traceback.TracebackException.from_exception(error)
    frames = list(told.stack)
    own = next((at for at, frame in enumerate(frames) if _is_own(frame.filename, root)), len(frames))
    shown = frames[own:]
    if len(shown) > _MOST_FRAMES:
        shown = [*shown[: _MOST_FRAMES // 2], *shown[-_MOST_FRAMES // 2 :]]
    lines = [_frame(frame, root) for frame in shown]
    return "\n".join([*lines, *(line.rstrip() for line in told.format_exception_only())])


def _frame(frame: traceback.FrameSummary, root: Path) -> str:
    path = Path(frame.filename)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else frame.filename
    return f"  {name}:{frame.lineno} in {frame.name}\n    {frame.line}"


def _is_own(filename: str, root: Path) -> bool:
    path = Path(filename)
    if not path.is_absolute() or not path.is_relative_to(root) or path.is_relative_to(_HERE):
        return False
    parts = path.relative_to(root).parts
    return parts[0] != GENERATED and not any(part.startswith(".") or part == "site-packages" for part in parts)
