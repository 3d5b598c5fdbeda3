"""Why a step is skipped: with an error where one that it needs failed, and else with a notice of what did not hold."""

from __future__ import annotations

from collections.abc import Sequence

from jeyn.model.plan import PlannedStep
from jeyn.runner import result
from jeyn.runner.result import StepResult


def skipped_after(step: PlannedStep, lost: Sequence[StepResult]) -> StepResult:
    """A step that needs others of which these failed or were skipped."""
    if any(one.status == result.FAILED or one.error for one in lost):
        return StepResult(step.name, result.SKIPPED, error="a step that it needs did not succeed")
    return _skipped(step, f"{lost[0].name}, which it needs, is skipped")


def skipped_since(step: PlannedStep, unmet: str) -> StepResult:
    """A step of which a condition does not hold, told in words, or whose report lists no items."""
    source = step.for_each.source if step.for_each else None
    return _skipped(step, unmet or f"{source} lists no items")


def _skipped(step: PlannedStep, why: str) -> StepResult:
    return StepResult(step.name, result.SKIPPED, notices=(f"{step.name} is skipped: {why}",))
