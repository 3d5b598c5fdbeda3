"""What a run would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jeyn.errors import StepError
from jeyn.model.plan import Plan, PlannedStep
from jeyn.project import Project
from jeyn.runner import result
from jeyn.runner.collecting import collected, gathered
from jeyn.runner.fan_out import Item
from jeyn.runner.lookup import Lookup
from jeyn.runner.result import ItemResult, RunResult, StepResult
from jeyn.runner.run import Options
from jeyn.runner.skipping import skipped_after, skipped_since


def dry_run(project: Project, plan: Plan, parameters: Mapping[str, Any], options: Options) -> RunResult:
    """What a run would do, without recording anything: steps that would run, be reused, be skipped, or fail at once."""
    lookup = Lookup.begin(project, plan, parameters, options.only)
    told: dict[str, StepResult] = {}
    for step in lookup.steps:
        lost = [one for name in step.after if (one := told.get(name)) is not None and one.is_lost]
        told[step.name] = skipped_after(step, lost) if lost else _foreseen(lookup, step, options)
    status = result.FAILED if any(one.status == result.FAILED for one in told.values()) else result.SUCCEEDED
    return RunResult("", plan.name, "", False, status, 0.0, tuple(told.values()))


def _foreseen(lookup: Lookup, step: PlannedStep, options: Options) -> StepResult:
    """One step, none of whose needs is known to fail. What it reads is known as far as it would be reused."""
    try:
        unmet = lookup.unmet(step)
        if unmet:
            return skipped_since(step, unmet)
        if not lookup.is_ready(step):
            return StepResult(step.name, result.RAN)
        items = lookup.items(step)
    except StepError as error:
        return StepResult(step.name, result.FAILED, error=str(error))
    if not items:
        return skipped_since(step, "")
    results = [_item(lookup, step, item, options) for item in items]
    found = collected(step, lookup.inputs_of(step), results, 0.0)
    if found.status == result.REUSED:
        lookup.outputs[step.name] = gathered(step, results)
        return found
    reused = sum(one.status == result.REUSED for one in results)
    notices = (f"{step.name}: {reused} of {len(results)} items would be reused",) if step.for_each else ()
    return StepResult(step.name, result.RAN, notices=notices)


def _item(lookup: Lookup, step: PlannedStep, item: Item, options: Options) -> ItemResult:
    action = lookup.action(step, item)
    if action.known is not None and (action.is_settled or not options.force):
        return ItemResult(item.name, result.REUSED, settings=item.settings, outputs=action.known)
    return ItemResult(item.name, result.RAN, settings=item.settings)
