"""The model that tells which customers are about to leave."""

from __future__ import annotations

import pandas as pd
from jeyn import model_store
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from generated.catalogs.customer_features_v1 import CustomerFeaturesBatch
from generated.catalogs.customers_v1 import CustomersBatch
from generated.pipelines.train_churn_v1 import TrainInputs, TrainOutputs

FEATURES = ["is_premium", "months", "monthly_fee", "support_calls"]


def examples(
    customers: CustomersBatch, features: CustomerFeaturesBatch
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers and what became of them: to train on, and one in four held back."""
    fates = customers.to_pandas()[["id", "churned"]]
    known = features.to_pandas().merge(fates, on="id")
    is_held_back = known["id"] % 4 == 0
    return known[~is_held_back], known[is_held_back]


def train(inputs: TrainInputs) -> TrainOutputs:
    training, held_back = examples(inputs.customers, inputs.features)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=inputs.parameters.C))
    model.fit(training[FEATURES], training["churned"])
    accuracy = model.score(held_back[FEATURES], held_back["churned"])
    checkpoint = model_store.save(
        model,
        trained_on=[inputs.customers, inputs.features],
        metrics={"accuracy": accuracy},
    )
    return TrainOutputs(checkpoint=checkpoint)


def risks(model: Pipeline, features: CustomerFeaturesBatch) -> pd.DataFrame:
    customers = features.to_pandas()
    leave = model.predict_proba(customers[FEATURES])[:, 1]
    return pd.DataFrame({"id": customers["id"], "risk": leave})
