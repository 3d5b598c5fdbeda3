"""The pod that begins a run: what comes from the record is resolved once for all steps, and the start is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jeyn.errors import AskError
from jeyn.ledger.newest import newest, newest_artefact
from jeyn.model.argument_text import as_argument
from jeyn.model.artefact import RUN_STARTED, Placed
from jeyn.model.handing import GO, NEW_BATCH, Handed, handed, recorded_output, when_output
from jeyn.model.names import Pin
from jeyn.model.plan import recorded_sources
from jeyn.model.references import LATEST, Recorded
from jeyn.project import check_major
from jeyn.runner.conditions import unmet
from jeyn.runner.pods import milestones
from jeyn.runner.pods.pod import Pod, taken
from jeyn.runner.reading import as_input


def begin_run(pod: Pod, trigger: str, promoted: Mapping[str, Handed], watched: Iterable[Pin]) -> dict[str, str]:
    """Record the start of a run, and give what its steps are told, by output.

    `promoted` is what `NAME#STAGE` means in this commit. Of `watched` formulas a new batch starts the pipeline: where
    that is the `trigger` and none has one, nothing is recorded, and the output `go` is false.

    AskError where something that is read from the record is not there.
    """
    watched = tuple(watched)
    start = pod.milestones.reached(milestones.START)
    if start is None:
        batches = _newest(pod, watched)
        if trigger == NEW_BATCH and not _is_any_new(pod, batches):
            return _outputs(pod, {}, GO if watched else "", goes=False)
        recorded = {str(source): str(_resolved(pod, source, promoted)) for source in recorded_sources(pod.plan.steps)}
        pod.journal.started(
            pod.plan.steps,
            pod.parameters,
            places=milestones.places(step.name for step in pod.plan.steps if step.for_each and step.for_each.source),
            more={"trigger": trigger, "recorded": recorded, "newest": batches},
        )
    else:  # a try before this one recorded it, and what it resolved holds
        recorded = start.details["recorded"]
    return _outputs(pod, recorded, GO if watched else "", goes=True)


def _outputs(pod: Pod, recorded: Mapping[str, str], go: str, *, goes: bool) -> dict[str, str]:
    texts = {recorded_output(one): recorded.get(str(one), "") for one in recorded_sources(pod.plan.steps)}
    for step in pod.plan.steps:
        asked = [one for one in step.when if one.source is None]
        if asked:
            texts[when_output(step.name)] = as_argument(goes and not unmet(asked, pod.parameters, lambda _: {}))
    return {**texts, **({go: as_argument(goes)} if go else {})}


def _newest(pod: Pod, watched: Iterable[Pin]) -> dict[str, int]:
    """By formula the number of its newest batch, where it has one."""
    found = {str(pin): newest_artefact(pod.ledger.streams, pin.name, pin.line) for pin in watched}
    return {name: placed.number for name, placed in found.items() if placed is not None}


def _is_any_new(pod: Pod, batches: Mapping[str, int]) -> bool:
    """Whether one of these batches was not there when the pipeline was started last."""
    last = newest(pod.ledger.streams, pod.plan.name, lambda one: one.kind == RUN_STARTED and "newest" in one.details)
    known: Mapping[str, int] = last.entry.details["newest"] if last else {}
    return any(number > known.get(name, 0) for name, number in batches.items())


def _resolved(pod: Pod, source: Recorded, promoted: Mapping[str, Handed]) -> Handed:
    if str(source) in promoted:
        one = promoted[str(source)]
        taken(pod.ledger, [one])  # it is that
        return one
    found = _found(pod, source)
    if found is None or found.entry.artefact is None:
        raise AskError(f"nothing is recorded as {source}", "run the pipeline that makes it first")
    return handed(as_input(found))


def _found(pod: Pod, source: Recorded) -> Placed | None:
    number = source.number
    if number is not None:
        entry = pod.ledger.streams.read(source.name, number)
        found = None if entry is None else Placed(number, entry)
        check_major(source, found)
        return found
    if source.which != LATEST:
        raise AskError(f"{source.name} promotes nothing to {source.which!r} in this commit", "promote one, and merge")
    return newest_artefact(pod.ledger.streams, source.name, source.line or _line(pod, source))


def _line(pod: Pod, source: Recorded) -> str:
    """The major that the steps which read it expect."""
    reads = [one for step in pod.plan.steps for one in step.inputs if one.source == source]
    return next((one.definition.line for one in reads if one.definition), "")
