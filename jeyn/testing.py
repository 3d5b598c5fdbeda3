"""Testing the functions of steps, without a ledger and without a repository.

from generated.pipelines.train_digits_v1 import TrainInputs
from jeyn.testing import run_step

def test_training_reaches_the_gate():
    outputs = run_step(train, TrainInputs.of(images=frame, C=1.0))
    assert outputs.checkpoint.metrics["accuracy"] > 0.95
    assert outputs.checkpoint.model.predict(...)
"""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jeyn.errors import StepError
from jeyn.model.artefact import BATCH, Origin
from jeyn.model.names import class_part
from jeyn.model.plan import Plan, PlannedOutput, PlannedStep
from jeyn.parts import folder_blobs
from jeyn.runner.outputs import check_drafts, own_outputs
from jeyn.stores import dataset_store
from jeyn.stores.saving import StepSaving, saving_into
from jeyn.stores.steps import StepInputs, StepOutputs
from jeyn.stores.targets import target

OutputsT = TypeVar("OutputsT")
_NOWHERE = Origin(commit="", dirty=False, repository="", actor="")
_PREFIX = "test/step/-"


def run_step(function: Callable[[Any], OutputsT], inputs: StepInputs) -> OutputsT:
    """Call a step's function with inputs, and give back what it returned, checked as a run checks it.

    What it saves is kept in a temporary folder until the process ends, so that batches, models and reports can be
    read. The function of a formula gives back its rows as a batch. Raises what the function raises, and
    ConformanceError or StepError where a run would refuse its outputs.
    """
    outputs = _outputs_of(type(inputs))
    saving = StepSaving(_PREFIX, outputs, _NOWHERE, folder_blobs(_folder()))
    with saving_into(saving):
        returned: Any = function(inputs)
        if not isinstance(returned, StepOutputs) and len(outputs) == 1 and outputs[0].kind == BATCH:
            returned = dataset_store.save_as(target(outputs[0]), returned, (), {})
        elif isinstance(returned, StepOutputs):
            saved = own_outputs(returned, _PREFIX)
            for name, one in saved.items():
                check_drafts(name, one.entry, saved, _PREFIX)
        elif returned is not None or outputs:
            raise StepError(f"{function.__name__} returned {type(returned).__name__}, not its outputs")
    return returned  # type: ignore[no-any-return]  # what the function returns, or its rows as a batch


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="jeyn-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _outputs_of(kind: type[StepInputs]) -> tuple[PlannedOutput, ...]:
    """What the step gives whose inputs class this is, from the generated module that the class is in."""
    module = sys.modules[kind.__module__]
    plan: Plan | None = getattr(module, "PLAN", None)
    if plan is not None:
        steps: dict[str, PlannedStep] = {f"{class_part(step.name)}Inputs": step for step in plan.steps}
        return steps[kind.__name__].outputs
    return (PlannedOutput("batch", BATCH, definition=module.FORMULA.pin),)
