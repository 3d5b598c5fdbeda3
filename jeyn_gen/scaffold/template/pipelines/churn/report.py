"""How well a model tells who will leave."""

from __future__ import annotations

from jeyn import artefact_store
from sklearn.metrics import classification_report

from generated.pipelines.train_churn_v1 import ReportInputs, ReportOutputs
from pipelines.churn.model import FEATURES, examples


def report(inputs: ReportInputs) -> ReportOutputs:
    _, held_back = examples(inputs.customers, inputs.features)
    model = inputs.checkpoint.model
    predicted = model.predict(held_back[FEATURES])
    weights = dict(zip(FEATURES, model[-1].coef_[0].tolist(), strict=True))
    saved = artefact_store.save(
        {
            "scores.txt": classification_report(held_back["churned"], predicted),
            "weights.json": weights,
            "misjudged.csv": held_back[held_back["churned"] != predicted],
        },
        describes=inputs.checkpoint,
    )
    return ReportOutputs(report=saved)
