"""Whether what a step waits for to hold does hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jeyn.errors import StepError
from jeyn.model.constraints import shown
from jeyn.model.references import StepOutput
from jeyn.model.running import Condition
from jeyn.model.types import Value

Metrics = Callable[[StepOutput], Mapping[str, Any]]


def unmet(conditions: Iterable[Condition], parameters: Mapping[str, Value | None], metrics: Metrics) -> str:
    """The first condition that does not hold, in words; empty where all hold.

    `metrics` gives those of what a step gave. StepError where one that is asked for is not there.
    """
    for condition in conditions:
        value = _metric(condition, metrics) if condition.source else parameters[condition.parameter]
        if reason := _reason(condition, value):
            return f"{condition} is {_shown(value)}, {reason}"
    return ""


def _metric(condition: Condition, metrics: Metrics) -> float:
    assert condition.source is not None, "checked by the caller"
    known = metrics(condition.source)
    if condition.metric not in known:
        there = f"it has {', '.join(map(str, known))}" if known else "it has none"
        raise StepError(f"{condition.source} has no metric {condition.metric!r}", f"{there}; save it with `metrics=`")
    value = known[condition.metric]
    if not isinstance(value, int | float):
        raise StepError(f"{condition} is {value!r}, which is no number", "save it with `metrics=`")
    return value


def _reason(condition: Condition, value: Any) -> str:
    """Why a value does not hold, or nothing; null and NaN keep no bound."""
    low, high = condition.minimum, condition.maximum
    if condition.equals is not None:
        return "" if value == condition.equals else f"not {_shown(condition.equals)}"
    if value is None or math.isnan(value):
        return "which keeps no bound"
    if low is not None and value < low:
        return f"below its minimum {low:g}"
    return f"above its maximum {high:g}" if high is not None and value > high else ""


def _shown(value: Value | None) -> str:
    """As a document writes it."""
    return "null" if value is None else shown(value)
