"""Fixtures of projects that are deployed, and of what judges their manifests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import kustomize
import pytest
from built_validators import argolint, kubectl, schemas
from deployed import COMMIT, deploy

__all__ = ["argolint", "deploy", "kubectl", "schemas"]


@pytest.fixture
def built(kubectl: str) -> Callable[..., list[dict[str, Any]]]:
    """What kustomize builds of an environment, after Argo CD has set the annotation of the commit."""

    def build(root: Path, name: str) -> list[dict[str, Any]]:
        folder = root / "generated/manifests/environments" / name
        return kustomize.build(folder, annotations={"jeyn.dev/commit": COMMIT})

    return build
