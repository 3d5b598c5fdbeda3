from __future__ import annotations

from typing import Any

import numpy as np
from generated.formulas.points_v1 import PointsInputs
from generated.pipelines.sweep_v1 import (
    AnnounceInputs,
    ChooseInputs,
    ChooseOutputs,
    FitInputs,
    FitOutputs,
    PlanInputs,
    PlanOutputs,
    RefitInputs,
    RefitOutputs,
    ShipInputs,
    ShipOutputs,
)

from jeyn import artefact_store, model_store


def points(_: PointsInputs) -> dict[str, Any]:
    x = np.arange(5, dtype=np.float64)
    return {"x": x, "y": x * 3}


def error(slope: float, inputs: FitInputs | RefitInputs | ChooseInputs) -> float:
    columns = inputs.points.columns
    return float(np.abs(columns.y - columns.x * slope).mean())


def fit(inputs: FitInputs) -> FitOutputs:
    slope, label = inputs.parameters.slope, inputs.parameters.label
    line = model_store.save(
        {"slope": slope, "label": label}, trained_on=inputs.points, metrics={"error": error(slope, inputs)}
    )
    return FitOutputs(line=line, note=artefact_store.save({"note.txt": f"{label}: {slope}"}, describes=line))


def plan(inputs: PlanInputs) -> PlanOutputs:
    labels = [note.read("note.txt").partition(":")[0] for note in inputs.notes]
    slopes = [line.model["slope"] + 1 for line in inputs.lines]
    items = [{"slope": slope, "label": f"re{label}"} for slope, label in zip(slopes, labels, strict=True) if slope > 2]
    return PlanOutputs(settings=artefact_store.save(items))


def refit(inputs: RefitInputs) -> RefitOutputs:
    slope, label = inputs.parameters.slope, inputs.parameters.label
    model = {"slope": slope, "label": label}
    return RefitOutputs(line=model_store.save(model, trained_on=inputs.points, metrics={"error": error(slope, inputs)}))


def choose(inputs: ChooseInputs) -> ChooseOutputs:
    best = min(inputs.lines, key=lambda line: line.metrics["error"])
    content = {"best.json": best.model, "of.json": [line.reference for line in inputs.lines]}
    return ChooseOutputs(best=artefact_store.save(content, describes=best, metrics={"error": best.metrics["error"]}))


def ship(inputs: ShipInputs) -> ShipOutputs:
    return ShipOutputs(shipped=artefact_store.save({"shipped.txt": "yes"}, describes=inputs.best))


def announce(inputs: AnnounceInputs) -> None:
    print(inputs.shipped.read("shipped.txt"))
