"""Fixtures of projects that are deployed."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from deployed import COMMIT, deploy

__all__ = ["deploy"]


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """What kustomize builds of an environment, after Argo CD has set the annotation of the commit."""

    def build(root: Path, name: str) -> list[dict[str, Any]]:
        folder = root / "generated/manifests/environments" / name
        file = folder / "kustomization.yaml"
        text = file.read_text()
        file.write_text(f"{text}commonAnnotations: {{jeyn.dev/commit: {COMMIT}}}\n")
        kubectl = Path(sysconfig.get_path("scripts"), "kubectl")
        try:
            done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False)
        finally:
            file.write_text(text)
        assert done.returncode == 0, done.stderr
        return list(yaml.safe_load_all(done.stdout))

    return build
