"""What a project is configured with: read once, from pyproject.toml and the environment, at the edge."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jeyn.environments import EMBEDDED, Environment, project_table, read_environment
from jeyn.errors import AskError

_FILE = "pyproject.toml"
STATE = ".jeyn"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one process works with.

    `root` is the folder of pyproject.toml, `project` the first part of every key, `state` the folder where what
    belongs to the environment lies on this machine. `sidecar` is the gRPC endpoint of a Dapr sidecar that is there
    already, as Dapr's own variables give it, with its `token`; empty where a sidecar would have to be started.
    """

    root: Path
    project: str
    state: Path
    environment: Environment = EMBEDDED
    sidecar: str = ""
    token: str = field(default="", repr=False)

    @property
    def ledger(self) -> Path:
        """The file of an embedded ledger."""
        return self.root / self.environment.ledger if self.environment.ledger else self.state / "ledger.db"

    @property
    def index(self) -> Path:
        return self.state / "index.db"

    @property
    def blobs(self) -> str:
        """A URL, or the path of a folder."""
        url = self.environment.blobs
        return url if "://" in url else str(self.root / url if url else self.state / "blobs")

    @property
    def cache(self) -> Path:
        """Copies of what an object store holds."""
        return self.state / "cache"

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


def read_settings(root: Path, name: str | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a project in the environment `name`, else in that of JEYN_ENVIRONMENT, else embedded.

    AskError for what cannot be one.
    """
    project, tables = project_table(_tool(root / _FILE))
    state = state_folder(root, environ)
    environment = read_environment(tables, _wanted(name, environ))
    return Settings(
        root=root,
        project=project or re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project",
        state=state / "environments" / environment.name if environment.name else state,
        environment=environment,
        sidecar=_sidecar(environ),
        token=environ.get("DAPR_API_TOKEN", ""),
    )


def check_environment(root: Path, name: str | None, environ: Mapping[str, str] = os.environ) -> None:
    """AskError where the environment that was asked for is not there; what is wrong in it is told by others."""
    wanted = _wanted(name, environ)
    try:
        _, tables = project_table(_tool(root / _FILE))
    except AskError:
        return
    if wanted and wanted not in tables:
        read_environment(tables, wanted)


def _wanted(name: str | None, environ: Mapping[str, str]) -> str:
    return environ.get("JEYN_ENVIRONMENT", "") if name is None else name


def state_folder(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where what belongs to a project lies on this machine, of the embedded environment and beside all environments."""
    return Path(environ["JEYN_STATE"]).absolute() if environ.get("JEYN_STATE") else root / STATE


def _sidecar(environ: Mapping[str, str]) -> str:
    """What `dapr run` and Dapr's injector say of the sidecar. https://docs.dapr.io/reference/environment/"""
    port = environ.get("DAPR_GRPC_PORT", "")
    by_port = f"{environ.get('DAPR_RUNTIME_HOST', '127.0.0.1')}:{port}" if port else ""
    return environ.get("DAPR_GRPC_ENDPOINT", "") or by_port


def _tool(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AskError(f"{path} is not TOML: {error}", "mend the file") from None
    return found if isinstance(found, dict) else {}
