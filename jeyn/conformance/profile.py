"""How many nulls a feature has, and between which values it lies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa

from jeyn.conformance.rules import Ordered
from jeyn.conformance.shown import json_value
from jeyn.conformance.views import numbers
from jeyn.model.codec import Json
from jeyn.model.types import Scalar


class Profile:
    """A running summary of one feature."""

    def __init__(self, kind: Scalar | None) -> None:
        """`kind` is the type of the numbers or texts that are summed up; None where only nulls are counted."""
        self._kind = kind
        self._nulls = 0
        self._range: tuple[Any, Any] | None = None

    def add_nulls(self, count: int) -> None:
        self._nulls += count

    def add_extremes(self, low: Ordered, high: Ordered, values: pa.Array) -> None:
        """Take in the extremes of `values`; where they are NaN, those of the values that are not."""
        if isinstance(low, float) and math.isnan(low):
            given = numbers(values)
            given = given[~np.isnan(given)]
            if not len(given):
                return
            low, high = given.min().item(), given.max().item()
        self._widen(low, high)

    def merge(self, other: Profile) -> None:
        """Take in what another knows of other values of the feature."""
        self._nulls += other._nulls
        if other._range is not None:
            self._widen(*other._range)

    def _widen(self, low: Ordered, high: Ordered) -> None:
        if self._range is not None:
            low, high = min(low, self._range[0]), max(high, self._range[1])
        self._range = low, high

    def json(self) -> dict[str, Json]:
        """`nulls`, and `min` and `max` if there were values between which to lie."""
        if self._range is None or self._kind is None:
            return {"nulls": self._nulls}
        low, high = self._range
        return {"nulls": self._nulls, "min": json_value(low, self._kind), "max": json_value(high, self._kind)}
