from __future__ import annotations

from typing import Any

import numpy as np
from generated.catalogs.doubles_v1 import DoublesBatch
from generated.formulas.doubled_v1 import DoubledInputs
from generated.formulas.source_v1 import SourceInputs
from generated.pipelines.numbers_v1 import FitInputs, FitOutputs

from jeyn import artefact_store, model_store


def source(_: SourceInputs) -> dict[str, Any]:
    keys = np.arange(20, dtype=np.int32)
    return {"key": keys, "value": keys / 2, "word": [None if key % 3 else f"word {key}" for key in keys]}


def double(inputs: DoubledInputs) -> dict[str, Any]:
    return {"key": inputs.numbers.columns.key, "double": inputs.numbers.columns.value * 2}


def fit(inputs: FitInputs) -> FitOutputs:
    mean = float(inputs.doubles.columns.double.mean()) * inputs.parameters.factor
    model = model_store.save(
        {"mean": mean, "label": inputs.parameters.label}, trained_on=inputs.doubles, metrics={"mean": mean}
    )
    report = artefact_store.save({"mean.json": {"mean": mean}, "note.md": "# Done\n"}, describes=model)
    return FitOutputs(model=model, report=report)


def predict(model: dict[str, Any], doubles: DoublesBatch) -> dict[str, Any]:
    return {"key": doubles.columns.key, "double": np.full(len(doubles), model["mean"])}
