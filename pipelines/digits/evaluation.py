"""How well a model reads digits that it has not seen."""

from __future__ import annotations

from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, classification_report

from generated.pipelines.train_digits_v1 import EvaluateInputs, EvaluateOutputs
from jeyn import artefact_store
from pipelines.digits.model import as_matrix, digits_in


def evaluate(inputs: EvaluateInputs) -> EvaluateOutputs:
    written = digits_in(inputs.images)
    read = inputs.checkpoint.model.predict(as_matrix(inputs.images))
    misread: list[int] = [image.id for image, digit in zip(inputs.images, read, strict=True) if image.label != digit]

    figure = Figure(figsize=(5, 5))
    axes = figure.add_subplot()
    ConfusionMatrixDisplay.from_predictions(written, read, ax=axes, colorbar=False, cmap="Blues")
    axes.set(title="Digits held back", xlabel="read", ylabel="written")

    report = artefact_store.save(
        {
            "scores.json": classification_report(written, read, output_dict=True),
            "misread.json": misread,
            "confusion.png": figure,
        },
        describes=inputs.checkpoint,
    )
    return EvaluateOutputs(report=report)
