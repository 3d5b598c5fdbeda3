"""Fixtures of projects that are deployed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import kustomize
import pytest
from deployed import COMMIT, deploy
from programs import built as built_program
from real_servers import or_skip

__all__ = ["deploy"]


@pytest.fixture
def built() -> Callable[..., list[dict[str, Any]]]:
    """What kustomize builds of an environment, after Argo CD has set the annotation of the commit."""
    with or_skip():
        kustomize.kubectl()

    def build(root: Path, name: str) -> list[dict[str, Any]]:
        folder = root / "generated/manifests/environments" / name
        return kustomize.build(folder, annotations={"jeyn.dev/commit": COMMIT})

    return build


@pytest.fixture(scope="session")
def argolint() -> Path:
    """Argo's own validator as a program."""
    with or_skip():
        return built_program("argolint")


@pytest.fixture(scope="session")
def schemas() -> Path:
    """The folder of published schemas."""
    with or_skip():
        return built_program("schemas")
