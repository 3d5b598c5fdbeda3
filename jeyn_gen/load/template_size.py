"""About how many bytes a pipeline takes as a WorkflowTemplate, without making one.

Whoever checks documents does not emit manifests: to import what does takes longer than all checks. The numbers are
what the emitter writes, rounded up.
"""

from __future__ import annotations

from collections.abc import Hashable

from jeyn.model.argument_text import as_argument
from jeyn.model.plan import Plan, PlannedStep

_OF_ALL = 7_000
_OF_A_TEMPLATE = 1_000
_OF_AN_OUTPUT = 60
_OF_A_TASK = 200
_OF_A_SOURCE = 50
_OF_A_PARAMETER = 25
_OF_A_LABEL = 10
_OF_A_TAINT = 80


def template_size(plan: Plan) -> int:
    """Bytes of the template as compact JSON."""
    size = _OF_ALL
    for parameter in plan.parameters:
        default = "" if parameter.default is None else as_argument(parameter.default)
        size += _OF_A_PARAMETER + len(parameter.name) + len(default.encode())
    told = _told(plan)
    ways: dict[Hashable, int] = {}
    for step in plan.steps:
        outputs = (*(output.name for output in step.outputs), *told.get(step.name, ()))
        way = (outputs, step.resources, step.placement, step.timeout, step.timeout and (step.retries, step.backoff))
        ways.setdefault(way, _of_template(step, outputs) + len(str(plan.pin)))
        size += _of_task(step)
    return size + sum(ways.values())


def _told(plan: Plan) -> dict[str, list[str]]:
    """For each step that has to tell others something beside its outputs, the names of these."""
    found: dict[str, list[str]] = {}
    for step in plan.steps:
        items = step.for_each.source if step.for_each else None
        for source in (items, *(when.source for when in step.when)):
            if source is not None:
                found.setdefault(source.step, []).append(step.name)
    return found


def _of_template(step: PlannedStep, outputs: tuple[str, ...]) -> int:
    own = len(step.name) + len(step.placement.image)
    own += sum(_OF_A_LABEL + len(key) + len(value) for key, value in step.placement.node_selector)
    own += sum(_OF_A_TAINT + len(one.key) + len(one.value) for one in step.placement.tolerations)
    return _OF_A_TEMPLATE + own + sum(_OF_AN_OUTPUT + 2 * len(output) for output in outputs)


def _of_task(step: PlannedStep) -> int:
    """What a task reads, and what it waits for, which is told with it."""
    return _OF_A_TASK + 2 * len(step.name) + sum(_OF_A_SOURCE + 3 * len(str(source)) for source in step.sources)
