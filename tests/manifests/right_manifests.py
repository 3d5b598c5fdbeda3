"""Small manifests in which nothing is wrong, to be broken in one place each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

RIGHT = Path(__file__).resolve().parent / "right"
FILES = ("access.yaml", "components.yaml", "train.yaml")
APPLICATION = "production.yaml"
COMMIT = "4f0c6a1d9b8e7f3a2c5d6e7f8a9b0c1d2e3f4a5b"


def text(file: str, *edits: tuple[str, str]) -> str:
    """A file of the base or of Argo CD, with each edit made at the first place that it fits; it must fit."""
    written = next(RIGHT.glob(f"*/{file}")).read_text()
    for old, new in edits:
        assert old in written, f"{old!r} is not in {file}"
        written = written.replace(old, new, 1)
    return written


def texts(**edits: tuple[str, str]) -> dict[str, str]:
    """All files of the base, edited where something is given for a file's name less its suffix."""
    return {file: text(file, *([edits[file[:-5]]] if file[:-5] in edits else [])) for file in FILES}


def documents(file: str, *edits: tuple[str, str]) -> list[dict[str, Any]]:
    """The objects of a file, edited."""
    return list(yaml.load_all(text(file, *edits), yaml.CSafeLoader))
