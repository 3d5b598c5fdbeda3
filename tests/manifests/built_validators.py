"""Fixtures of the validators that are built: a test that needs one is skipped, or in CI fails, without it."""

from __future__ import annotations

from pathlib import Path

import kustomize
import pytest
from programs import built
from real_servers import or_skip


@pytest.fixture(scope="session")
def argolint() -> Path:
    """Argo's own validator as a program."""
    with or_skip():
        return built("argolint")


@pytest.fixture(scope="session")
def schemas() -> Path:
    """The folder of published schemas."""
    with or_skip():
        return built("schemas")


@pytest.fixture(scope="session")
def kubectl() -> str:
    """The program that holds kustomize."""
    with or_skip():
        return kustomize.kubectl()
