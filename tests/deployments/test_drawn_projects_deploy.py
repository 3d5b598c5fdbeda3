"""Whole projects, whatever they say, as an environment deploys them: a cluster takes what is made of each."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import argo_validator
import invariants
import published_schemas
import pytest
import yaml
from deployed import COMMIT, ROOT, environment, is_argo, refused_by_hand
from drawn_projects import DrawnProject, projects
from hypothesis import HealthCheck, Phase, given, settings

from jeyn.model.definitions import Promotion
from jeyn_gen.emit.manifests.units import manifest_units
from jeyn_gen.load.project import load_project
from jeyn_gen.publish.files import publish

PROJECTS = 200
SECRETS = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: vault}
spec: {type: secretstores.local.env, version: v1}
"""
#: What a project may say that no environment can do, or that a pipeline which starts by itself must not.
REFUSED = {"JYN804", "JYN810", "JYN811"}


#: How pods reach Dapr, one project after the other.
IN_TURN = ("native", "injected", "native", "shared")


def written(project: DrawnProject, root: Path, sidecar: str) -> Path:
    """The project with an environment that has all that one can have."""
    shutil.rmtree(root, ignore_errors=True)
    digest = f"sha256:{'0' * 64}"
    for at, one in enumerate(project.use_cases):
        stages = {*(promotion.stage for promotion in one.promoted), "production"}
        promoted = tuple(Promotion(stage, f"{one.name}#{number}", digest) for number, stage in enumerate(stages, 1))
        project.use_cases[at] = replace(one, promoted=promoted)
    more = f'gpus = true\nsecrets = "vault"\nsidecar = "{sidecar}"\nsidecar_endpoint = "dapr.digits:50001"'
    table = environment("production", more)
    files = {**project.files, "components/postgres/vault.yaml": SECRETS}
    files["components/postgres/ledger.yaml"] = (ROOT / "components/postgres/ledger.yaml").read_text()
    for path, text in {**files, "pyproject.toml": files["pyproject.toml"] + table}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    return root


@pytest.mark.usefixtures("argolint", "schemas")
def test_a_cluster_takes_them(tmp_path: Path, built: Callable[..., list[dict[str, Any]]]) -> None:
    root = tmp_path / "project"
    clusters: list[dict[str, str]] = []
    refused: Counter[str] = Counter()
    found: list[str] = []

    # Not shrunk, and judged together: starting Argo's validator takes longer than a project does.
    @settings(
        deadline=None,
        max_examples=2 * PROJECTS,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(project=projects())
    def take(project: DrawnProject) -> None:
        if len(clusters) == PROJECTS:
            return
        sidecar = IN_TURN[len(clusters) % len(IN_TURN)]
        loaded = load_project(written(project, root, sidecar))
        if loaded.findings:
            refused.update(one.code for one in loaded.findings)
            return
        publish(root, list(manifest_units(loaded.definitions, loaded.plans, loaded.deployments)))
        objects = built(root, "production")
        found.extend(invariants.findings(objects, commit=COMMIT, sidecar=sidecar))
        found.extend(finding for one in objects for finding in published_schemas.findings(one))
        found.extend(refused_by_hand(root))
        named = {f"{one['kind']}-{one['metadata']['name']}.yaml": one for one in objects if is_argo(one)}
        clusters.append({name: yaml.dump(one, Dumper=yaml.CSafeDumper) for name, one in named.items()})

    take()
    assert found == []
    assert set(refused) <= REFUSED
    assert len(clusters) == PROJECTS, refused
    assert [one for one in argo_validator.findings_of_each(clusters) if one] == []
