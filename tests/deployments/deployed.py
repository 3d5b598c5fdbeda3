"""Projects with environments that run pods, and what kustomize builds of their manifests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import argo_validator
import invariants
import published_schemas
import pytest
import yaml

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


def refused(objects: list[dict[str, Any]], sidecar: str = "native") -> list[str]:
    """What the schemas, the invariants and Argo's validator find in what Argo CD would apply at COMMIT."""
    argo = {f"{one['kind']}-{one['metadata']['name']}.yaml": yaml.safe_dump(one) for one in objects if is_argo(one)}
    return [
        *(finding for one in objects for finding in published_schemas.findings(one)),
        *invariants.findings(objects, commit=COMMIT, sidecar=sidecar),
        *argo_validator.findings(argo),
    ]


def refused_by_hand(root: Path) -> list[str]:
    """The same of what a person applies."""
    objects = applied_by_hand(root)
    found = [finding for one in objects for finding in published_schemas.findings(one)]
    return found + invariants.findings(objects)


def applied_by_hand(root: Path) -> list[dict[str, Any]]:
    """The objects that no commit deploys: what tells Argo CD of the environments, and their namespaces."""
    files = [
        path for name in ("applications", "namespaces") for path in (root / "generated/manifests" / name).iterdir()
    ]
    return [one for path in files for one in yaml.load_all(path.read_text(), yaml.CSafeLoader)]


def is_argo(one: dict[str, Any]) -> bool:
    return one["kind"] in ("Workflow", "WorkflowTemplate", "CronWorkflow")


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """Those of a kind, by name."""
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}
