"""What the commands need on this machine, and what an environment needs to be reached from it."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from collections.abc import Callable, Iterator

from jeyn.errors import JeynError
from jeyn.inspection.check import MISSING, OK, Check, check
from jeyn.ledger.layout import STREAMS
from jeyn.project import Project

_GENERATOR = {
    "yaml": "PyYAML",
    "ruamel.yaml": "ruamel.yaml",
    "datamodel_code_generator": "datamodel-code-generator",
    "hera": "hera",
}
_NO_DIGEST = f"sha256:{'0' * 64}"


def of_machine(project: Project) -> Iterator[Check]:
    """What is needed on this machine, whatever the environment."""
    yield Check("python", OK, f"Python {platform.python_version()}")
    git = shutil.which("git")
    yield check("git", git is not None, f"git: {git}", "git is not on this machine", "install git; runs need a commit")
    is_cloned = any((folder / ".git").exists() for folder in (project.root, *project.root.parents))
    lacks = f"{project.root} is in no git repository"
    yield check("repository", is_cloned, "the project is in a git repository", lacks, "run `git init`, and commit")
    without = [
        name for module, name in _GENERATOR.items() if importlib.util.find_spec(module.partition(".")[0]) is None
    ]
    lacks = f"lint, generate, breaking and bump lack {', '.join(without)}"
    yield check("generator", not without, "the generator is installed", lacks, "pip install 'jeyn[gen]'")


def of_record(project: Project) -> Iterator[Check]:
    """Whether ledger and blobs of the environment can be used from here."""
    name = project.settings.environment.name or "embedded"
    yield _tried("ledger", f"the ledger of {name} answers", lambda: project.ledger.streams.head(STREAMS))
    yield _tried("blobs", f"the blobs of {name} can be read", lambda: project.parts.blobs.exists(_NO_DIGEST))


def _tried(name: str, message: str, ask: Callable[[], object]) -> Check:
    try:
        ask()
    except JeynError as error:
        return Check(name, MISSING, error.message, error.fix)
    return Check(name, OK, message)
