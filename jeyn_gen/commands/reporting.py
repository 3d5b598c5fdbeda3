"""What commands share that print findings."""

from __future__ import annotations

from pathlib import Path

from jeyn_gen.diagnostics.source import Sources
from jeyn_gen.load.nodes import BadDocument
from jeyn_gen.load.text import read_text


def sources_below(root: Path) -> Sources:
    """The files of a project as they stand in the working tree."""

    def text_of(path: str) -> str | None:
        try:
            return read_text(root, path)
        except BadDocument:
            return None

    return Sources(text_of)


def place_in_repository(root: Path) -> str:
    """The folder of a project in its git repository, ending in `/`; empty where it is the root, or in none."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return "" if folder == root else f"{root.relative_to(folder).as_posix()}/"
    return ""
