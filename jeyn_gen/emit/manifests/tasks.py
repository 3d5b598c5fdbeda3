"""The steps of a pipeline as tasks of a DAG, each run by the template of its shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jeyn.model.argument_text import as_argument
from jeyn.model.definitions import Resources
from jeyn.model.handing import GO, items_output, recorded_output, when_output
from jeyn.model.names import Pin
from jeyn.model.plan import Plan, PlannedStep, recorded_sources
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Condition
from jeyn_gen.emit.manifests import names
from jeyn_gen.emit.manifests.pods import HANDED, MESSAGE, OUTPUTS, START, Shape, as_text

_RUN = ("--run", "{{workflow.uid}}", "--commit", "{{workflow.parameters.jeyn-commit}}")
_PARAMETERS = ("--parameters", f"@{HANDED}/parameters", "--message", MESSAGE)
_PARAMETERS_FILE = ("parameters", "{{workflow.parameters.json}}")
_GIVEN = ("step", "inputs", "item")
#: What a pod needs that only reads and writes the ledger, and the seconds that it may take beside its start.
_LITTLE = Resources(cpu="500m", memory="512Mi")
_SOON = 300
#: A deadline has 32 bits.
_LONGEST = 2**31 - 1 - START


@dataclass(frozen=True, slots=True)
class Shapes:
    """The templates that the steps of a plan need, by name, and which of them each step is run by."""

    by_name: dict[str, Shape]
    of_step: dict[str, str]


def shapes(plan: Plan) -> Shapes:
    """Steps that run alike share a template, which has the name of the first of them."""
    found: dict[Shape, str] = {}
    of_step = {step.name: found.setdefault(_shape(plan, step), f"run-{step.name}") for step in plan.steps}
    return Shapes({name: shape for shape, name in found.items()}, of_step)


def start_shape(plan: Plan, promoted: Iterable[tuple[Recorded, str]], watched: Iterable[Pin]) -> Shape:
    """The pod that begins a run: it resolves what comes from the record, once for all steps.

    Of `watched` formulas a new batch starts the pipeline: it may find that there is none.
    """
    watched = tuple(watched)
    given = _promoted((str(source), target) for source, target in promoted)
    given += [word for pin in watched for word in ("--new-batch", str(pin))]
    arguments = ("step", str(plan.pin), "--start", *_RUN, *_PARAMETERS, "--trigger", _TRIGGER, *given, *_WRITE)
    files = (_PARAMETERS_FILE,)
    outputs = [recorded_output(source) for source in recorded_sources(plan.steps)]
    outputs += [when_output(step.name) for step in plan.steps if any(one.parameter for one in step.when)]
    return Shape(arguments, files, (), (*([GO] if watched else []), *outputs), _LITTLE, timeout=_SOON)


def live_shape(promoted: Iterable[tuple[str, str]]) -> Shape:
    """The pod that records which commit is served."""
    arguments = ("step", "--live", *_RUN, "--message", MESSAGE, *_promoted(promoted))
    return Shape(arguments, resources=_LITTLE, timeout=_SOON)


def finish_shape(plan: Plan) -> Shape:
    """The pod that ends a run, however it went."""
    ended = ("--status", "{{workflow.status}}", "--failures", f"@{HANDED}/failures")
    arguments = ("step", str(plan.pin), "--finish", *_RUN, *_PARAMETERS, *ended)
    files = (_PARAMETERS_FILE, ("failures", "{{workflow.failures}}"))
    return Shape(arguments, files, resources=_LITTLE, timeout=_SOON)


def dag(plan: Plan, found: Shapes, *, looks: bool) -> Any:
    """The template that runs all steps; `looks`: the start may find that there is nothing to run for."""
    from hera.workflows import models as argo

    begin = argo.DAGTask(name=names.START_TASK, template=names.START)
    return argo.Template(
        name=names.DAG,
        dag=argo.DAGTemplate(tasks=[begin, *(_task(step, found.of_step[step.name], looks) for step in plan.steps)]),
    )


_TRIGGER = "{{workflow.parameters.jeyn-trigger}}"
_WRITE = ("--outputs", OUTPUTS)


def _promoted(promoted: Iterable[tuple[str, str]]) -> list[str]:
    """What is promoted is a person's text, which may be no artefact, or an attack: that is for the pod to find out."""
    return [word for source, target in promoted for word in ("--promoted", f"{source}={as_argument(target)}")]


def _shape(plan: Plan, step: PlannedStep) -> Shape:
    arguments = (
        *("step", str(plan.pin), "{{inputs.parameters.step}}", *_RUN, *_PARAMETERS),
        *("--inputs", f"@{HANDED}/inputs", "--item", "{{inputs.parameters.item}}", *_WRITE),
    )
    files = (_PARAMETERS_FILE, ("inputs", "{{inputs.parameters.inputs}}"))
    followers = [
        *(items_output(one.name) for one in plan.steps if _feeds(step, one)),
        *(when_output(one.name) for one in plan.steps if any(_is_of(step, when) for when in one.when)),
    ]
    outputs = tuple(output.name for output in step.outputs)
    return Shape(arguments, files, _GIVEN, (*outputs, *followers), step.resources, step.placement, _longest(step))


def _longest(step: PlannedStep) -> int:
    """The seconds that a step can take with all of its tries and the waits between them; 0 if nothing bounds it."""
    every = step.timeout * (step.retries + 1) + step.backoff.in_all(step.retries)
    return min(every, _LONGEST) if step.timeout else 0


def _feeds(step: PlannedStep, other: PlannedStep) -> bool:
    source = other.for_each.source if other.for_each else None
    return source is not None and source.step == step.name


def _is_of(step: PlannedStep, when: Condition) -> bool:
    return when.source is not None and when.source.step == step.name


def _task(step: PlannedStep, template: str, looks: bool) -> Any:  # passed on
    from hera.workflows import models as argo

    given = {"step": step.name, "inputs": _inputs(step), "item": "{{item}}" if step.for_each else ""}
    return argo.DAGTask(
        name=step.name,
        template=template,
        depends=" && ".join(f"{name}.Succeeded" for name in (names.START_TASK, *step.after)),
        when=_when(step, [GO] if looks else []) or None,
        arguments=argo.Arguments(parameters=[argo.Parameter(name=key, value=text) for key, text in given.items()]),
        **_fan_out(step),
    )


def _inputs(step: PlannedStep) -> str:
    """A JSON object of references by what they are of: `STEP.OUTPUT`, or what is read from the record.

    What Argo puts into it are references with digests, or JSON lists of them where a step has items.
    """
    many = {one.source for one in step.inputs if one.is_many}
    found = []
    for source in step.sources:
        if isinstance(source, StepOutput):
            held = f"{{{{tasks.{source.step}.outputs.parameters.{source.output}}}}}"
        else:
            held = f"{{{{tasks.{names.START_TASK}.outputs.parameters.{recorded_output(source)}}}}}"
        found.append(f"{json.dumps(str(source))}: {held if source in many else json.dumps(held)}")
    return "{" + ", ".join(found) + "}"


def _when(step: PlannedStep, asked: list[str]) -> str:
    """What whoever knows has told of each condition, and of `asked` at the start; no text of a user is in it."""
    tellers = dict.fromkeys([when.source.step if when.source else names.START_TASK for when in step.when])
    told = [(names.START_TASK, one) for one in asked] + [(teller, when_output(step.name)) for teller in tellers]
    return " && ".join(f"{{{{tasks.{teller}.outputs.parameters.{output}}}}} == true" for teller, output in told)


def _fan_out(step: PlannedStep) -> dict[str, Any]:
    """A task for each item. Argo knows the items by their places; what they are, the pod reads."""
    from hera.workflows import models as argo

    if step.for_each is None:
        return {}
    source = step.for_each.source
    if source is None:
        return {"with_sequence": argo.Sequence(count=as_text(len(step.for_each.items)))}
    return {"with_param": f"{{{{tasks.{source.step}.outputs.parameters.{items_output(step.name)}}}}}"}
