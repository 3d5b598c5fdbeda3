# ruff: noqa
from typing import TYPE_CHECKING

import generated.catalogs.readings_v1
from generated.catalogs import forecasts_v2, readings_v1
from generated.formulas.measured_v3 import Measured
from pipelines.shared import *

if TYPE_CHECKING:
    from generated.pipelines.train_v1 import FitInputs


def fit(inputs: "FitInputs") -> object:
    from generated.use_cases.nothing_like_it_v1 import NothingLikeIt

    return NothingLikeIt
