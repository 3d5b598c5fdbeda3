"""Projects with environments that run pods, and what kustomize builds of their manifests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jeyn.cli.main import main

ROOT = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ENVIRONMENT = """
[tool.jeyn.environments.{name}]
state_store = "ledger"
components = "components/postgres"
blobs = "s3://digits-{name}"
namespace = "digits-{name}"
image = "{image}"
argocd = {{repository = "https://git.example/digits"}}
"""


def environment(name: str, more: str = "", image: str = "registry.example:5000/team/digits") -> str:
    """The table of an environment."""
    table = ENVIRONMENT.format(name=name, image=image)
    return table.replace("argocd =", f"{more}\nargocd =")


Deploy = Callable[..., Path]


@pytest.fixture
def deploy(tmp_path: Path) -> Deploy:
    """Writes the worked example with these environments and further files, and generates."""

    def project(*environments: str, files: Mapping[str, str] | None = None) -> Path:
        root = tmp_path / "project"
        if not root.exists():
            for folder in ("catalogs", "pipelines", "components"):
                shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        tables = environments or (environment("production"),)
        (root / "pyproject.toml").write_text('[tool.jeyn]\nproject = "digits"\n' + "".join(tables))
        for path, text in (files or {}).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        assert main(["-C", str(root), "generate"]) == 0
        return root

    return project


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """Those of a kind, by name."""
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}
