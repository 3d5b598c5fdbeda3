"""What a step gave in earlier runs: for a run of other steps alone, which read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jeyn.errors import AskError
from jeyn.model.artefact import RUN_FINISHED, StepInput
from jeyn.model.plan import Plan, PlannedOutput, PlannedStep
from jeyn.model.references import LATEST, Recorded
from jeyn.project import Project
from jeyn.runner.reading import as_input
from jeyn.runner.result import RAN, REUSED


def earlier_outputs(project: Project, plan: Plan, step: PlannedStep) -> dict[str, tuple[StepInput, ...]]:
    """By output the newest artefact, or with `for_each` what all items gave in the newest run; AskError if none."""
    if step.for_each is not None:
        return _of_items(project, plan, step)
    return {output.name: (as_input(project.recorded(_newest(output))),) for output in step.outputs}


def _newest(output: PlannedOutput) -> Recorded:
    if output.definition is None:
        return Recorded(output.report, LATEST)
    return Recorded(output.definition.name, LATEST, output.definition.line)


def _of_items(project: Project, plan: Plan, step: PlannedStep) -> dict[str, tuple[StepInput, ...]]:
    index = project.index
    for placed in index.of_kinds([RUN_FINISHED]):
        if placed.entry.stream == plan.name:
            for told in placed.entry.details.get("steps", ()):
                if told["name"] == step.name and told["status"] in (RAN, REUSED) and (items := told.get("items")):
                    return {output.name: _given(project, items, output.name) for output in step.outputs}
    raise AskError(f"no run of {plan.name} has done all items of {step.name!r} yet", f"run {step.name!r} too")


def _given(project: Project, items: list[Mapping[str, Any]], output: str) -> tuple[StepInput, ...]:
    found = [project.index.by_id(item["entries"][output]) for item in items if output in item["entries"]]
    missing = [item["item"] for item, placed in zip(items, found, strict=False) if placed is None]
    if missing or len(found) < len(items):
        raise AskError(f"{output!r} of the items {', '.join(missing) or 'of an earlier run'} is not in this ledger")
    return tuple(as_input(placed) for placed in found if placed is not None)
