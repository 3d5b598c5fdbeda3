"""What a model sees of a customer."""

from __future__ import annotations

import pandas as pd

from generated.formulas.customer_features_v1 import CustomerFeaturesInputs


def features(inputs: CustomerFeaturesInputs) -> pd.DataFrame:
    customers = inputs.customers.to_pandas()
    return pd.DataFrame(
        {
            "id": customers["id"],
            "is_premium": customers["plan"] == "premium",
            "months": customers["months"],
            "monthly_fee": customers["monthly_fee"],
            "support_calls": customers["support_calls"].fillna(0),
        }
    )
