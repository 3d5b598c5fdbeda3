"""The pod of one step, or of one of its items: reuse it or run it, then tell those that follow."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from jeyn.errors import AskError, StepError
from jeyn.ledger.ledger import CommittedStep
from jeyn.local_files import using
from jeyn.model.argument_text import as_argument
from jeyn.model.artefact import Origin, StepInput
from jeyn.model.handing import Handed, handed, items_output, when_output
from jeyn.model.plan import PlannedStep
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Condition
from jeyn.runner import result
from jeyn.runner.fan_out import Item
from jeyn.runner.fixing import Commit
from jeyn.runner.lookup import Action, Lookup
from jeyn.runner.pods.pod import Pod, taken
from jeyn.runner.pods.reusing import commit_reused
from jeyn.runner.processes import Processes
from jeyn.runner.reading import as_input
from jeyn.runner.task import Outcome
from jeyn.runner.tries import Part, Tries

#: What a step writes goes where its pod writes.
_LOG = Path("/dev/stderr")


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step ended in its pod: ran, reused or failed; `texts` is what others are told, by output.

    `signal` ended its process, if that is why it failed. `is_unreachable`: a part did not answer.
    """

    status: str
    outputs: Mapping[str, StepInput] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    signal: int = 0
    is_unreachable: bool = False


def run_step(
    pod: Pod,
    step: str,
    item: str,
    inputs: Mapping[str, tuple[Handed, ...]],
    processes: Processes,
    tell: Callable[[str], None],
) -> StepEnd:
    """Run a step for an item, empty where it has none, on what was handed to it.

    AskError where that is not what it reads, JeynError where it could not begin; KeyboardInterrupt after
    `processes.interrupt`.
    """
    planned = pod.plan.step(step)
    if planned is None:
        raise AskError(f"the pipeline {pod.plan.name} has no step {step!r}")
    lookup = _lookup(pod, planned, inputs)
    if reason := lookup.unmet(planned):
        raise StepError(f"{step} was started although it is to be skipped: {reason}")
    found = next((one for one in lookup.items(planned) if one.name == item), None)
    if found is None:
        raise AskError(f"the step {step} has no item {item!r}" if item else f"the step {step} is run for items")
    end = _worked(pod, lookup, planned, found, processes, tell)
    if end.status == result.FAILED:
        return end
    lookup.outputs[step] = {name: (one,) for name, one in end.outputs.items()}
    given = {name: str(handed(one)) for name, one in end.outputs.items()}
    return replace(end, texts={**given, **_told(pod, lookup, planned)})


def _lookup(pod: Pod, step: PlannedStep, inputs: Mapping[str, tuple[Handed, ...]]) -> Lookup:
    there = taken(pod.ledger, [one for many in inputs.values() for one in many])
    recorded: dict[Recorded, StepInput] = {}
    outputs: dict[str, dict[str, tuple[StepInput, ...]]] = {}
    many = {one.source for one in step.inputs if one.is_many}
    for source in step.sources:
        if str(source) not in inputs:
            raise AskError(f"--inputs lacks {source}, which the step {step.name} reads")
        given = tuple(there[one] for one in inputs[str(source)])
        if len(given) != 1 and source not in many:
            raise AskError(f"--inputs has {len(given)} artefacts for {source}, which is one")
        if isinstance(source, StepOutput):
            outputs.setdefault(source.step, {})[source.output] = given
        else:
            (recorded[source],) = given
    return Lookup(pod.project, pod.plan, pod.parameters, recorded, outputs, only=[step.name])


def _worked(
    pod: Pod, lookup: Lookup, step: PlannedStep, item: Item, processes: Processes, tell: Callable[[str], None]
) -> StepEnd:
    """Find what another try has committed, else reuse what is known, else run it."""
    origin = replace(pod.origin, step=step.name, item=item.name)
    record = pod.ledger.step(origin.run, origin.step, origin.item)
    if record is not None:
        return StepEnd(result.RAN, _given(pod.ledger.roll_forward(record)))
    action = lookup.action(step, item)
    if action.known is not None:
        return _reused(pod, origin, action)
    heads = pod.ledger.streams.heads(one.stream for one in step.outputs)
    deployment = pod.project.settings.environment.deployment
    tries = Tries(lookup, _commit(pod), processes, tell, _LOG, deployment.timeout if deployment else 0)
    outcome = _outcome(tries, Part(step, item, action, heads, time.monotonic()))
    if outcome.is_reused:
        return _reused(pod, origin, replace(action, known=outcome.outputs))
    return _end(outcome)


def _reused(pod: Pod, origin: Origin, action: Action) -> StepEnd:
    return StepEnd(result.REUSED, _given(commit_reused(pod.project, origin, action)))


def _commit(pod: Pod) -> Commit:
    """The image holds what the commit holds, so nothing has to be compared."""
    folder = pod.project.settings.runs / pod.origin.run
    with using(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return Commit(pod.origin, (), pod.project.root, folder, None)


def _outcome(tries: Tries, part: Part) -> Outcome:
    """Run it until it ends for good."""
    tries.start(part)
    while True:
        tries.start_due()
        ended = tries.wait()
        if ended is not None:
            return ended[1]


def _end(outcome: Outcome) -> StepEnd:
    if outcome.status == "done":
        return StepEnd(result.RAN, outcome.outputs)
    return StepEnd(
        result.FAILED, error=outcome.error, signal=outcome.signal, is_unreachable=outcome.status == "unreachable"
    )


def _given(done: CommittedStep) -> dict[str, StepInput]:
    return {name: as_input(placed) for name, placed in done.outputs.items()}


def _told(pod: Pod, lookup: Lookup, step: PlannedStep) -> dict[str, str]:
    """What the steps that follow are told: their items, and whether what they ask of this one holds.

    Where that cannot be said, because a list of items is none or a metric is not there, they are started: the error is
    theirs, as on a laptop.
    """
    texts: dict[str, str] = {}
    for other in pod.plan.steps:
        source = other.for_each.source if other.for_each else None
        if source is not None and source.step == step.name:
            texts[items_output(other.name)] = _items(pod, lookup, other)
        asked = [one for one in other.when if one.source is not None and one.source.step == step.name]
        if asked:
            texts[when_output(other.name)] = _holds(lookup, asked)
    return texts


def _items(pod: Pod, lookup: Lookup, step: PlannedStep) -> str:
    try:
        items = lookup.items(step)
    except StepError:
        return json.dumps(["0"])
    if items:
        pod.journal.fanned_out(step, items)
    return json.dumps([item.name for item in items])


def _holds(lookup: Lookup, asked: Iterable[Condition]) -> str:
    try:
        return as_argument(not lookup.first_unmet(asked))
    except StepError:
        return as_argument(True)
