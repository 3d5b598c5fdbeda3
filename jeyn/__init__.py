"""Production ML in git: typed inputs and outputs, recorded artefacts, lineage to a commit.

    from jeyn import artefact_store, dataset_store, model_store     # in a step or a notebook: save and load
    jeyn.load("digit-recognition#latest").model                     # what is recorded, checked
    jeyn.lineage("digit-recognition#latest")                        # what it was made from
    jeyn.run("train-digits", C=0.5)                                 # the pipeline, on this machine

Importing this module imports nothing else: each name loads what it needs when it is first used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for true; `typing` itself takes longer to import than a hook may run
if TYPE_CHECKING:
    from typing import Any

    from jeyn import testing
    from jeyn.ledger.lineage import Lineage
    from jeyn.project import Project
    from jeyn.runner.result import RunResult
    from jeyn.session import load
    from jeyn.stores import artefact_store, dataset_store, model_store
    from jeyn.stores.secret import Secret

__all__ = [
    "Project",
    "Secret",
    "artefact_store",
    "dataset_store",
    "lineage",
    "load",
    "model_store",
    "run",
    "testing",
]

_HOMES = {"Project": "jeyn.project", "Secret": "jeyn.stores.secret", "load": "jeyn.session"}


def run(pipeline: str, /, **parameters: Any) -> RunResult:
    """Run a pipeline of the project around the working folder on this machine; see `jeyn run --help`.

    Regenerates nothing. AskError where the run cannot start; a failed step is in the result.
    """
    from jeyn.runner.plans import find_plan
    from jeyn.runner.processes import Processes
    from jeyn.runner.run import Options, run_pipeline
    from jeyn.session import here

    started = Processes()
    try:
        project = here()
        plan = find_plan(project, pipeline)
        return run_pipeline(project, plan, parameters, Options(), started, lambda _: None)
    finally:
        started.stop()


def lineage(reference: str, *, up: bool = True, down: bool = False, depth: int | None = None) -> Lineage:
    """What a recorded artefact was made from, and with `down` what was made from it, `depth` edges far."""
    from jeyn.ledger.lineage import trace
    from jeyn.session import here

    project = here()
    return trace(project.index, project.resolve(reference), up=up, down=down, depth=depth)


def __getattr__(name: str) -> Any:
    """Load a part of the public surface when it is first used."""
    import importlib

    if name in ("artefact_store", "dataset_store", "model_store"):
        importlib.import_module("jeyn.session")  # it knows how to open the project around the working folder
        return importlib.import_module(f"jeyn.stores.{name}")
    if name == "testing":
        return importlib.import_module("jeyn.testing")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'jeyn' has no attribute {name!r}")
