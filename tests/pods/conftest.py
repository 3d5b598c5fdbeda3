"""Projects whose steps run as pods do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pods_of import COMPONENT, ENVIRONMENTS, Cluster, committed


@pytest.fixture
def deployed(copy_of: Callable, tmp_path: Path) -> Callable[[str], Cluster]:
    """A function that generates and commits a sample project with an environment that runs pods."""

    def deploy(sample: str) -> Cluster:
        project = copy_of(sample)
        settings = project.root / "pyproject.toml"
        settings.write_text(settings.read_text() + ENVIRONMENTS)
        (project.root / "components").mkdir()
        (project.root / "components/ledger.yaml").write_text(COMPONENT)
        return committed(project, tmp_path / "cluster")

    return deploy
