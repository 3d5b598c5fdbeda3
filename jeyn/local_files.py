"""Files that Jeyn keeps for itself on this machine, on a disk that may be full or read-only."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeyn.errors import Unreachable


@contextmanager
def using(folder: Path) -> Iterator[None]:
    """Unreachable, with the folder's name, where something within cannot be read or written."""
    try:
        yield
    except OSError as error:
        raise Unreachable(
            f"the folder {folder} cannot be used: {error.strerror or error}", "check free space and rights"
        ) from error


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that others see whole or not at all. OSError where it cannot be written."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def write_ignored(path: Path, content: str | bytes) -> None:
    """Write a file whole, in a folder that is made for it and that git ignores. OSError as above."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ignored = path.with_name(".gitignore")
    if not ignored.exists():
        write_whole(ignored, "*\n")
    write_whole(path, content)
