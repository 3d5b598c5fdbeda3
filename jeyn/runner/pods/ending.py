"""The pod that ends a run, however it went: what became of each step is read from the record, and the end recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from jeyn.model.artefact import StepRecord
from jeyn.model.timestamps import now
from jeyn.runner import result
from jeyn.runner.collecting import collected
from jeyn.runner.pods import milestones
from jeyn.runner.pods.pod import Pod
from jeyn.runner.reading import as_input
from jeyn.runner.result import ItemResult, RunResult, StepResult
from jeyn.runner.skipping import skipped_after

_SUCCEEDED = "Succeeded"  # as Argo says it
#: How Argo calls a pod: by its step, the item with its place first, and which try it is; without a try, all of them.
_FAILED = re.compile(r"(?P<step>[^(]+)(?:\((?P<item>\d+):[^()]*\))?(?:\((?P<attempt>\d+)\))?")
_Place = tuple[str, str]  # step and item
Records = Mapping[_Place, StepRecord]


def end_run(pod: Pod, status: str, failures: str) -> RunResult | None:
    """Record the end of a run; None where it had not begun, so that there is nothing to end.

    `status` and `failures` are Argo's `workflow.status` and `workflow.failures`, the latter a JSON list that tells of
    each task that failed.
    """
    start = pod.milestones.reached(milestones.START)
    if start is None:
        return None
    items = _items(pod)
    places = [(pod.origin.run, step, item) for step, many in items.items() for item in many]
    records = {(one.step, one.item): one for one in pod.ledger.steps(places)}
    done = RunResult(
        run=pod.origin.run,
        pipeline=pod.plan.name,
        commit=pod.origin.commit,
        dirty=False,
        status=result.SUCCEEDED if status == _SUCCEEDED else result.FAILED,
        seconds=_seconds(start.created, now()),
        steps=tuple(_steps(pod, items, records, _failures(failures))),
    )
    pod.journal.ended(done)
    return done


def _items(pod: Pod) -> dict[str, list[str]]:
    """The names of each step's items, as far as the run has learned of them."""
    found: dict[str, list[str]] = {}
    for step in pod.plan.steps:
        if step.for_each is None:
            found[step.name] = [""]
        elif step.for_each.source is None:
            found[step.name] = [str(at) for at in range(len(step.for_each.items))]
        else:
            entry = pod.milestones.reached(milestones.items_of(step.name))
            found[step.name] = [item for _, item in entry.details["steps"]] if entry else []
    return found


def _steps(
    pod: Pod, items: Mapping[str, list[str]], records: Records, failures: Mapping[_Place, str]
) -> Iterator[StepResult]:
    told: dict[str, StepResult] = {}
    for step in pod.plan.steps:
        places = [(step.name, item) for item in items[step.name]]
        there = [records[place] for place in places if place in records]
        if there or any(name == step.name for name, _ in failures):
            ended = [_item(pod, place, records.get(place), failures) for place in places or [(step.name, "")]]
            inputs = there[0].inputs if there else {}
            one = collected(step, inputs, ended, _seconds_of(there))
        else:
            lost = [told[name] for name in step.after if told[name].is_lost]
            one = skipped_after(step, lost) if lost else StepResult(step.name, result.SKIPPED)
        told[step.name] = one
        yield one


def _item(pod: Pod, place: _Place, record: StepRecord | None, failures: Mapping[_Place, str]) -> ItemResult:
    step, item = place
    if record is None:
        error = failures.get(place) or failures.get((step, "")) or "it did not end"
        return ItemResult(item, result.FAILED, error=error)
    placed = pod.ledger.roll_forward(record).outputs
    is_reused = any(one.entry.origin.run != record.run for one in placed.values())
    return ItemResult(
        name=item,
        status=result.REUSED if is_reused else result.RAN,
        seconds=_seconds(record.started, record.finished),
        outputs={name: as_input(one) for name, one in placed.items()},
    )


def _failures(text: str) -> dict[_Place, str]:
    """What Argo says of each step or item that failed: what its last pod told, else what is said of all its tries."""
    try:
        listed = json.loads(text)
        if isinstance(listed, str):  # Argo quotes the list once more
            listed = json.loads(listed)
    except (ValueError, RecursionError):
        return {}
    found: dict[_Place, tuple[int, str]] = {}
    for one in listed if isinstance(listed, list) else []:
        match = _FAILED.fullmatch(str(one.get("displayName", ""))) if isinstance(one, dict) else None
        if match is not None:
            place, attempt = (match["step"], match["item"] or ""), int(match["attempt"] or -1)
            if attempt >= found.get(place, (-1, ""))[0]:
                found[place] = attempt, str(one.get("message", "")) or "it failed"
    return {place: told for place, (_, told) in found.items()}


def _seconds_of(records: Sequence[StepRecord]) -> float:
    if not records:
        return 0.0
    return _seconds(min(one.started for one in records), max(one.finished for one in records))


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
