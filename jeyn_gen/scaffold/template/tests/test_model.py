"""The functions of the steps on a few customers: no run, and nothing recorded."""

from __future__ import annotations

import pandas as pd
from jeyn.testing import run_step

from generated.pipelines.train_churn_v1 import TrainInputs
from pipelines.churn.model import FEATURES, train


def test_customers_who_call_often_are_likely_to_leave() -> None:
    calls = [0, 0, 1, 1, 7, 8, 8, 9] * 5
    customers = pd.DataFrame(
        {
            "id": range(1, len(calls) + 1),
            "plan": "basic",
            "months": 12,
            "monthly_fee": 9.9,
            "support_calls": calls,
            "churned": [count > 4 for count in calls],
        }
    )
    features = customers.assign(is_premium=False)[["id", *FEATURES]]

    outputs = run_step(
        train, TrainInputs.of(customers=customers, features=features, C=1.0)
    )

    assert outputs.checkpoint.metrics["accuracy"] == 1
    few, many = features[FEATURES].iloc[[0]], features[FEATURES].iloc[[7]]
    model = outputs.checkpoint.model
    assert model.predict_proba(few)[0, 1] < 0.2
    assert model.predict_proba(many)[0, 1] > 0.8
