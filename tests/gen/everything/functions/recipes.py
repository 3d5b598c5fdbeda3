"""What the formulas name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from generated.catalogs.numbers_v1 import NumbersBatch
from generated.formulas.both_v1 import BothInputs
from generated.formulas.both_v2 import BothInputs as NoInputs
from generated.formulas.more_v0_2 import MoreInputs


def more(_: MoreInputs) -> Mapping[str, Any]:
    return {"key": np.arange(3), "z": np.zeros(3)}


def wide(_: NoInputs) -> Mapping[str, Any]:
    return {"key": np.arange(3), "x": np.zeros(3), "y": np.zeros(3), "w": np.zeros(3)}


def both(inputs: BothInputs) -> Mapping[str, Any]:
    first = inputs.first.columns
    return {"key": first.key, "x": first.x, "y": first.y, "w": inputs.second.columns.w}


def guess(model: Any, batch: NumbersBatch) -> Mapping[str, Any]:
    return {"guess": model.predict(batch.columns.x)}
