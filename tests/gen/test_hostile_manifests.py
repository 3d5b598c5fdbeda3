"""Text of documents is data wherever it lands in a manifest: no template of Argo, no variable of Kubernetes, no YAML."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import argo_validator
import invariants
import kustomize
import published_schemas
import pytest
import yaml
from built_validators import argolint, kubectl, schemas
from hostile_corpus import SHORT
from hostile_projects import deployed_project
from manifest_values import strings

from jeyn.model.argument_text import from_argument

__all__ = ["argolint", "kubectl", "schemas"]

#: Its environments are these projects' too.
DEPLOYED = Path(__file__).parent / "deployed"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
AT_ONCE = 30
#: All that Argo is asked to put in, and where: as the whole of an argument, else beside names alone.
OURS = re.compile(
    r"\{\{(?:workflow\.(?:uid|status|failures|parameters\.(?:json|jeyn-commit|jeyn-trigger))|item"
    r"|inputs\.parameters\.(?:step|inputs|item)|tasks\.[\w-]+\.outputs\.parameters\.[\w-]+)\}\}"
)
PLACES = re.compile(r"spec\.templates\[\d+\]\.(?:inputs\.artifacts\[\d+\]\.raw\.data|dag\.tasks\[\d+\]\.)")
ARGUMENT = re.compile(r"spec\.templates\[\d+\]\.container\.args\[\d+\]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, kubectl: str) -> list[dict[str, Any]]:
    """What kustomize makes of a project with every short text in every place."""
    from jeyn.cli.main import main

    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(
        DEPLOYED, root, ignore=shutil.ignore_patterns("expected", "catalogs", "pipelines"), dirs_exist_ok=True
    )
    for path, text in deployed_project(SHORT, AT_ONCE).items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    assert main(["-C", str(root), "lint", "--strict"]) == 0
    assert main(["-C", str(root), "generate"]) == 0
    return kustomize.build(
        root / "generated/manifests/environments/production", annotations={"jeyn.dev/commit": COMMIT}
    )


def test_defaults_come_back_as_they_were(hostile: list[dict[str, Any]]) -> None:
    found: list[str] = []
    for at in range(0, len(SHORT), AT_ONCE):
        (one,) = [one for one in hostile if one["metadata"]["name"] == f"p{at // AT_ONCE}-v1"]
        given = {one["name"]: one["value"] for one in one["spec"]["arguments"]["parameters"]}
        found += [from_argument(given[f"p{number}"]) for number in range(len(given) - 2)]
    assert found == SHORT


def test_nothing_that_people_write_is_put_in_by_argo_or_kubernetes(hostile: list[dict[str, Any]]) -> None:
    for one in hostile:
        for path, text in strings(one):
            is_ours = OURS.fullmatch(text) if ARGUMENT.fullmatch(path) else PLACES.match(path)
            rest = OURS.sub("", text) if is_ours else text
            assert "{{" not in rest, (path, ascii(text))
            assert "$" not in rest, (path, ascii(text))


@pytest.mark.usefixtures("argolint", "schemas")
def test_a_cluster_takes_them(hostile: list[dict[str, Any]]) -> None:
    assert [finding for one in hostile for finding in published_schemas.findings(one)] == []
    assert invariants.findings(hostile, commit=COMMIT) == []
    argo = {
        f"{one['kind']}-{one['metadata']['name']}.yaml": yaml.dump(one, Dumper=yaml.CSafeDumper)
        for one in hostile
        if one["apiVersion"].startswith("argoproj.io/")
    }
    assert argo_validator.findings(argo) == []
