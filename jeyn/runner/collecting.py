"""How a step went, from how its items did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jeyn.model.artefact import StepInput
from jeyn.model.plan import PlannedStep
from jeyn.runner import result
from jeyn.runner.fan_out import grouped
from jeyn.runner.result import ItemResult, References, StepResult
from jeyn.runner.task import label

_MOST_ERRORS = 3  # that a step tells of its items


def collected(
    step: PlannedStep, inputs: Mapping[str, StepInput], items: Sequence[ItemResult], seconds: float
) -> StepResult:
    """The result of a step, all of whose items have ended: failed if one failed, reused if all were."""
    failed = [item for item in items if item.status == result.FAILED]
    reused = all(item.status == result.REUSED for item in items)
    return StepResult(
        name=step.name,
        status=result.FAILED if failed else result.REUSED if reused else result.RAN,
        seconds=seconds,
        inputs=references(step, inputs),
        outputs={} if failed else _outputs(step, items),
        error=_error(step, failed),
        notices=tuple(notice for item in items for notice in item.notices),
        is_unreachable=bool(failed) and all(item.is_unreachable for item in failed),
        items=tuple(items) if step.for_each else (),
    )


def gathered(step: PlannedStep, items: Sequence[ItemResult]) -> dict[str, tuple[StepInput, ...]]:
    """What a step gave by output: one for each item that gave it."""
    named = {output.name: output for output in step.outputs}
    return {name: tuple(item.outputs[name] for item in items if name in item.outputs) for name in named}


def references(step: PlannedStep, inputs: Mapping[str, StepInput]) -> dict[str, References]:
    """A step's inputs as references, as far as they are known."""
    if not inputs:
        return {}
    return {
        name: [item.reference for item in one] if isinstance(one, tuple) else one.reference
        for name, one in grouped(step, inputs).items()
    }


def _outputs(step: PlannedStep, items: Sequence[ItemResult]) -> dict[str, References]:
    if step.for_each is None:
        return {name: one.reference for item in items for name, one in item.outputs.items()}
    return {name: [one.reference for one in many] for name, many in gathered(step, items).items()}


def _error(step: PlannedStep, failed: Sequence[ItemResult]) -> str:
    if step.for_each is None:
        return failed[0].error if failed else ""
    told = [f"{label(step.name, item.name)}: {item.error}" for item in failed[:_MOST_ERRORS]]
    more = len(failed) - len(told)
    return "\n".join([*told, f"and {more} more of its items failed"] if more else told)
