"""Seconds that the manifests of the project in FOLDER take, from loaded documents to text: `manifests.py FOLDER`."""

import sys
import time
from pathlib import Path

from jeyn_gen.load.project import load_project

project = load_project(Path(sys.argv[1]))
assert not project.findings, project.findings[:3]
began = time.perf_counter()
from jeyn_gen.emit.manifests.units import manifest_units  # noqa: E402  # what it loads is part of the time

texts = [unit.text() for unit in manifest_units(project.definitions, project.plans, project.deployments)]
print(time.perf_counter() - began)
