"""What a project is configured with: read once, from pyproject.toml and the environment, at the edge."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeyn.errors import AskError
from jeyn.model.names import is_name

_FILE = "pyproject.toml"
STATE = ".jeyn"


@dataclass(frozen=True, slots=True)
class Settings:
    """`root` is the folder of pyproject.toml, `project` the first part of every key, `state` where the record lies."""

    root: Path
    project: str
    state: Path

    @property
    def ledger(self) -> Path:
        return self.state / "ledger.db"

    @property
    def index(self) -> Path:
        return self.state / "index.db"

    @property
    def blobs(self) -> Path:
        return self.state / "blobs"

    @property
    def runs(self) -> Path:
        return self.state / "runs"


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upward, whose pyproject.toml has `[tool.jeyn]`; AskError where there is none."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / _FILE).is_file() and "jeyn" in _tool(folder / _FILE):
            return folder
    raise AskError(
        f"{start} is in no Jeyn project",
        'add `[tool.jeyn]` with `project = "NAME"` to a pyproject.toml, or name the folder with -C',
    )


def read_settings(root: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a project; AskError for what cannot be one."""
    table = _tool(root / _FILE).get("jeyn", {})
    unknown = sorted(set(table) - {"project"})
    if unknown:
        raise AskError(f"{_FILE}: [tool.jeyn] has no key {unknown[0]!r}", "it may have project")
    project = table.get("project", re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project")
    if not isinstance(project, str) or not is_name(project):
        raise AskError(
            f"{_FILE}: [tool.jeyn] project = {project!r} is not a name", "use lower-case letters, digits and hyphens"
        )
    state = environ.get("JEYN_STATE", "")
    return Settings(root=root, project=project, state=Path(state).absolute() if state else root / STATE)


def _tool(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AskError(f"{path} is not TOML: {error}", "mend the file") from None
    return found
