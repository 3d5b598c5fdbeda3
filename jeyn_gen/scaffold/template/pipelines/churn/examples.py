"""What a model learns from."""

from __future__ import annotations

import numpy as np

from generated.formulas.churn_examples_v1 import ChurnExamplesInputs


def examples(inputs: ChurnExamplesInputs) -> dict[str, np.ndarray]:
    customers = inputs.customers.columns
    return {
        "id": customers.id,
        "is_premium": customers.plan == "premium",
        "months": customers.months,
        "monthly_fee": customers.monthly_fee,
        "support_calls": customers.support_calls.filled(0),
        "churned": customers.churned,
    }
