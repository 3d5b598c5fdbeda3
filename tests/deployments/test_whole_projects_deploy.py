"""What `jeyn init` writes, and the project of the goldens: a cluster takes what is made of each environment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deployed import ROOT, environment, of_kind, refused, refused_by_hand

from jeyn.cli.main import main

Built = Callable[..., list[dict[str, Any]]]


@pytest.mark.usefixtures("argolint", "schemas")
def test_a_cluster_takes_what_init_writes(tmp_path: Path, built: Built) -> None:
    root = tmp_path / "churn"
    root.mkdir()
    assert main(["-C", str(root), "init", "--with", "github"]) == 0
    settings = root / "pyproject.toml"
    tables = environment("production") + environment("staging", 'sidecar = "injected"')
    settings.write_text(settings.read_text() + tables)
    shutil.copytree(ROOT / "components", root / "components")
    assert main(["-C", str(root), "lint", "--strict"]) == 0
    assert main(["-C", str(root), "generate"]) == 0
    assert refused_by_hand(root) == []
    for name, sidecar in (("production", "native"), ("staging", "injected")):
        objects = built(root, name)
        assert refused(objects, sidecar) == []
        assert "train-churn-v1" in of_kind(objects, "WorkflowTemplate")


@pytest.mark.usefixtures("argolint", "schemas")
def test_a_cluster_takes_the_goldens(tmp_path: Path, built: Built) -> None:
    root = tmp_path / "deployed"
    shutil.copytree(ROOT / "tests/gen/deployed/expected", root)
    shutil.copytree(ROOT / "tests/gen/deployed/deploy", root / "deploy")
    assert refused_by_hand(root) == []
    for name, sidecar in (("production", "native"), ("staging", "injected")):
        objects = built(root, name)
        assert refused(objects, sidecar) == []
        assert {"train-v2", "tidy-v0-3"} < of_kind(objects, "WorkflowTemplate").keys()
