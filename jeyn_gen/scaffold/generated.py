"""What the generator makes of a scaffold's documents."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from jeyn_gen.emit.project import project_units
from jeyn_gen.load.dapr_components import COMPONENTS
from jeyn_gen.load.deployments import FILE
from jeyn_gen.load.documents import FOLDERS
from jeyn_gen.load.project import load_project

_READ = tuple(f"{folder}/" for folder in (*FOLDERS, COMPONENTS))


def generated(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Path to content of `generated/` for these files, whose documents and environments have no finding.

    They are read in a folder of their own, so that what already lies in the user's neither counts nor is touched.
    """
    with tempfile.TemporaryDirectory(prefix="jeyn-init-") as name:
        root = Path(name)
        for path, content in files.items():
            if path == FILE or path.startswith(_READ):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(content)
        project = load_project(root)
        if project.findings:
            raise AssertionError(f"the scaffold has findings: {project.findings}")
        return {
            unit.path: unit.text().encode()
            for unit in project_units(project.definitions, project.plans, project.deployments)
        }
