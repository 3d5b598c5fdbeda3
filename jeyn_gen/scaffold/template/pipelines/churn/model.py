"""The model that tells which customers are about to leave."""

from __future__ import annotations

import numpy as np
from jeyn import model_store
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from generated.catalogs.churn_examples_v1 import ChurnExamplesBatch
from generated.pipelines.train_churn_v1 import TrainInputs, TrainOutputs


def as_matrix(examples: ChurnExamplesBatch) -> NDArray[np.float64]:
    seen = examples.columns
    return np.column_stack(
        [seen.is_premium, seen.months, seen.monthly_fee, seen.support_calls]
    )


def is_held_back(examples: ChurnExamplesBatch) -> NDArray[np.bool_]:
    """One customer of four, whom no model is trained on."""
    held_back: NDArray[np.bool_] = examples.columns.id % 4 == 0
    return held_back


def train(inputs: TrainInputs) -> TrainOutputs:
    seen, churned = as_matrix(inputs.examples), inputs.examples.columns.churned
    held_back = is_held_back(inputs.examples)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=inputs.parameters.C))
    model.fit(seen[~held_back], churned[~held_back])
    accuracy = model.score(seen[held_back], churned[held_back])
    checkpoint = model_store.save(
        model, trained_on=inputs.examples, metrics={"accuracy": accuracy}
    )
    return TrainOutputs(checkpoint=checkpoint)


def risks(model: Pipeline, examples: ChurnExamplesBatch) -> dict[str, np.ndarray]:
    risk = model.predict_proba(as_matrix(examples))[:, 1]
    return {"id": examples.columns.id, "risk": risk}
