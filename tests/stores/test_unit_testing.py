"""`Inputs.of(…)` and `jeyn.testing`: steps are tested without a ledger and without a repository."""

from __future__ import annotations

import pytest

PRELUDE = """\
import numpy as np, pandas as pd
from jeyn.testing import run_step
from jeyn.errors import ConformanceError, StepError
from generated.catalogs.doubles_v1 import Doubles, DoublesBatch
from generated.pipelines.numbers_v1 import FitInputs, FitOutputs
from generated.formulas.doubled_v1 import DoubledInputs
from pipelines import work
frame = pd.DataFrame({"key": np.arange(4, dtype="int32"), "double": [1.0, 2.0, 3.0, 4.0]})
"""


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (
            "outputs = run_step(work.fit, FitInputs.of(doubles=frame, factor=2.0))\n"
            "print(outputs.model.model, outputs.model.metrics, outputs.report.read('mean.json'))",
            "{'label': 'plain', 'mean': 5.0} {'mean': 5.0} {'mean': 5.0}",
        ),
        (
            "rows = [Doubles(key=1, double=2.0), Doubles(key=2, double=4.0)]\n"
            "print(run_step(work.fit, FitInputs.of(doubles=rows)).model.model['mean'])",
            "3.0",
        ),
        (
            "batch = run_step(work.double, DoubledInputs.of(numbers={'key': np.array([1], 'int32'),"
            " 'value': [2.5], 'word': [None]}))\n"
            "print(type(batch).__name__, [row.double for row in batch])",
            "DoublesBatch [5.0]",
        ),
        (
            "batch = DoublesBatch.of(frame)\n"
            "print([len(part) for part in batch.slices(3)], batch.digest == DoublesBatch.of(frame.to_dict('list')).digest)",
            "[3, 1] True",
        ),
        (
            "def refuse(call):\n"
            "    try:\n        call()\n    except (ConformanceError, StepError, AttributeError) as error:\n"
            "        print(type(error).__name__)\n"
            "refuse(lambda: FitInputs.of(doubles=frame.drop(columns='double')))\n"
            "refuse(lambda: FitInputs.of(doubles=frame.assign(key=frame['key'] * 0)))\n"
            "refuse(lambda: run_step(lambda inputs: FitOutputs(model=inputs.doubles, report=inputs.doubles), FitInputs.of(doubles=frame)))\n"
            "refuse(lambda: run_step(lambda inputs: 5, FitInputs.of(doubles=frame)))\n"
            "refuse(lambda: FitOutputs(model=1))\n"
            "refuse(lambda: setattr(FitInputs.of(doubles=frame), 'doubles', 1))\n"
            "refuse(lambda: DoublesBatch.of(frame).columns.nothing)\n",
            "ConformanceError\nConformanceError\nStepError\nStepError\nStepError\nAttributeError\nAttributeError",
        ),
        (
            "from pydantic import ValidationError\n"
            "try:\n    FitInputs.of(doubles=frame, factor=-1.0)\nexcept ValidationError as error:\n    print(error.error_count())",
            "1",
        ),
    ],
)
def test_a_step_is_tested_with_plain_data(numbers, code, printed):
    (numbers.root / ".git").rename(numbers.root.parent / "no-git-here")
    state = numbers.root / ".jeyn"
    before = sorted(state.rglob("*"))
    assert numbers.python(PRELUDE + code) == printed + "\n"
    assert sorted(state.rglob("*")) == before
    assert "ledger.db" not in {path.name for path in before}
