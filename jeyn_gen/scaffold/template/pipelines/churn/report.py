"""How well a model tells who will leave."""

from __future__ import annotations

from jeyn import artefact_store
from sklearn.metrics import classification_report

from generated.pipelines.train_churn_v1 import ReportInputs, ReportOutputs
from pipelines.churn.model import as_matrix, is_held_back


def report(inputs: ReportInputs) -> ReportOutputs:
    predicted = inputs.checkpoint.model.predict(as_matrix(inputs.examples))
    held_back = is_held_back(inputs.examples)
    customers = inputs.examples.to_pandas().assign(predicted=predicted)[held_back]
    saved = artefact_store.save(
        {
            "scores.txt": classification_report(customers.churned, customers.predicted),
            "misjudged.csv": customers[customers.churned != customers.predicted],
        },
        describes=inputs.checkpoint,
    )
    return ReportOutputs(report=saved)
