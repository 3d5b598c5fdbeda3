from __future__ import annotations

from typing import Any

import numpy as np
from generated.formulas.picked_east_v1 import PickedEastInputs
from generated.formulas.picked_north_v1 import PickedNorthInputs
from generated.formulas.picked_south_v1 import PickedSouthInputs
from generated.formulas.picked_v1 import PickedInputs
from generated.formulas.picked_west_v1 import PickedWestInputs
from generated.pipelines.harvest_v1 import WeighInputs, WeighOutputs

from jeyn import artefact_store, model_store


def pick_north(_: PickedNorthInputs) -> dict[str, Any]:
    return _pick(0)


def pick_south(_: PickedSouthInputs) -> dict[str, Any]:
    return _pick(100)


def pick_east(_: PickedEastInputs) -> dict[str, Any]:
    return _pick(200)


def pick_west(_: PickedWestInputs) -> dict[str, Any]:
    return _pick(300)


def gather(inputs: PickedInputs) -> dict[str, Any]:
    picked = [one.columns for one in (inputs.north, inputs.south, inputs.east, inputs.west)]
    return {
        "tree": np.concatenate([one.tree for one in picked]),
        "grams": np.concatenate([one.grams for one in picked]),
    }


def weigh(inputs: WeighInputs) -> WeighOutputs:
    total = float(inputs.fruit.columns.grams.sum())
    model = model_store.save({"total": total}, trained_on=inputs.fruit, metrics={"total": total})
    report = artefact_store.save({"total.json": {"total": total}}, describes=model)
    return WeighOutputs(model=model, report=report)


def _pick(first: int) -> dict[str, Any]:
    trees = np.arange(first, first + 40, dtype=np.int32)
    return {"tree": trees, "grams": trees * 1.5}
