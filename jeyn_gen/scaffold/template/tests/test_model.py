"""The functions of the steps on a few customers: no run, and nothing recorded."""

from __future__ import annotations

import pandas as pd
from jeyn.testing import run_step

from generated.pipelines.train_churn_v1 import TrainInputs
from pipelines.churn.model import train


def test_customers_who_call_often_are_likely_to_leave() -> None:
    calls = [0, 0, 1, 1, 7, 8, 8, 9] * 5
    customers = pd.DataFrame(
        {
            "id": range(1, len(calls) + 1),
            "is_premium": False,
            "months": 12,
            "monthly_fee": 9.9,
            "support_calls": calls,
            "churned": [count > 4 for count in calls],
        }
    )

    outputs = run_step(train, TrainInputs.of(examples=customers, C=1.0))

    assert outputs.checkpoint.metrics["accuracy"] == 1
    few, many = [False, 12, 9.9, 0], [False, 12, 9.9, 9]
    risks = outputs.checkpoint.model.predict_proba([few, many])[:, 1]
    assert risks[0] < 0.2
    assert risks[1] > 0.8
