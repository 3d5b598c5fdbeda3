"""everything/ is a project that uses every feature of the documents; everything/expected/ is what is generated of it.

deployed/ says all that one can say of where and how pipelines run; deployed/expected/ holds the manifests of it. In the
goldens the first header line says nothing of the version and of the emitters, which would change them all.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from jeyn.model.deployment import ArgoCD, Deployment

HERE = Path(__file__).parent
#: Where what is compared lies in each project.
COMPARED = {"everything": "generated", "deployed": "generated/manifests"}
STAMP = re.compile(r"^# jeyn \S+, inputs [0-9a-f]{32}, body ([0-9a-f]{32})$", re.MULTILINE)


@pytest.fixture(params=list(COMPARED))
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root: Path = tmp_path / request.param
    shutil.copytree(HERE / request.param, root, ignore=shutil.ignore_patterns("__pycache__", "expected"))
    return root


def texts(root: Path, folder: str) -> dict[str, str]:
    files = (path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in files}


def test_lint_has_nothing_to_say_of_it(project: Path, jeyn: Any) -> None:
    count = {"everything": 19, "deployed": 6}[project.name]
    assert jeyn(project, "lint", "--strict").out == f"checked {count} documents: no findings\n"


def test_this_is_generated(project: Path, jeyn: Any, golden: Callable[[Path, str], None]) -> None:
    folder, expected = COMPARED[project.name], HERE / project.name / "expected"
    assert jeyn(project, "generate").code == 0
    made = {
        path: STAMP.sub(r"# jeyn VERSION, inputs DIGEST, body \1", text)
        for path, text in texts(project, folder).items()
    }
    if os.environ.get("JEYN_ACCEPT_GOLDENS"):
        shutil.rmtree(expected, ignore_errors=True)
    for path, text in made.items():
        golden(expected / path, text)
    assert set(made) == set(texts(expected, folder))


def test_every_key_of_the_documents_is_used_in_it() -> None:
    """Where a key is added to the documents, it belongs into this project too."""
    assert unsaid(HERE / "everything", "*") == set()


def test_every_key_of_what_runs_is_used_in_the_one_that_is_deployed() -> None:
    without_manifest = {"cache", "code", "from"}  # what the pod reads in the documents of its image
    assert unsaid(HERE / "deployed", "pipelines placement schedules step_fields") == without_manifest
    with (HERE / "deployed/pyproject.toml").open("rb") as file:
        tables = tomllib.load(file)["tool"]["jeyn"]["environments"].values()
    of_environments = {key for table in tables for key in table} | {key for table in tables for key in table["argocd"]}
    keys = {field.name for of in (Deployment, ArgoCD) for field in fields(of)}
    assert keys - of_environments == {"sidecar_endpoint"}  # a shared sidecar's: its pods have what the others have


def unsaid(project: Path, modules: str) -> set[str]:
    """The keys that these modules read, as far as no document of a project says them."""
    import jeyn_gen.load

    folder = Path(jeyn_gen.load.__file__).parent
    sources = "".join(path.read_text() for name in modules.split() for path in folder.glob(f"{name}.py"))
    keys = set(re.findall(r'fields\.(?:get|need)\("(\w+)"', sources))
    assert len(keys) > 30
    written = "".join(path.read_text() for path in project.glob("*/*.y*ml"))
    return {key for key in keys if not re.search(rf"\b{key}\b\"?:", written)}
