# ruff: noqa
from typing import TYPE_CHECKING

import generated.catalogs.readings_v1
from generated.catalogs import forecasts_v1, readings_v1
from generated.formulas.measured_v1 import Measured
from pipelines.shared import *

if TYPE_CHECKING:
    from generated.pipelines.train_v1 import FitInputs


def fit(inputs: "FitInputs") -> object:
    from generated.use_cases.weather_v1 import Weather

    return Weather
