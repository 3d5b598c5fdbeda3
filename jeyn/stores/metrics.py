"""Metrics: the numbers that are saved with a checkpoint or a report, and that gates and conditions compare."""

from __future__ import annotations

from collections.abc import Mapping

from jeyn.errors import StepError
from jeyn.model.plain_text import is_plain


def finite(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics as plain numbers; StepError for what is none."""
    plain: dict[str, float] = {}
    for name, value in metrics.items():
        if not isinstance(name, str) or not is_plain(name):
            raise StepError(f"the metric {name!r} has no text as its name")
        try:
            plain[name] = float(value)
        except (TypeError, ValueError, OverflowError):
            raise StepError(f"the metric {name!r} is {value!r}, not a number") from None
        if plain[name] - plain[name] != 0:
            raise StepError(f"the metric {name!r} is {value!r}, which no gate could compare")
    return plain
