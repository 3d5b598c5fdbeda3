"""Recording that a step gave what an earlier run has made: a record of this run holds the entries of that one."""

from __future__ import annotations

from jeyn.ledger.ledger import CommittedStep
from jeyn.model.artefact import Origin, StepRecord, Unplaced
from jeyn.model.codec import encode
from jeyn.model.timestamps import now
from jeyn.project import Project
from jeyn.runner.lookup import Action
from jeyn.runner.reading import entry_of


def commit_reused(project: Project, origin: Origin, action: Action) -> CommittedStep:
    """Commit a step whose outputs are known. Its entries stand where they were placed, so none is placed again.

    Another try of the pod, and the pod that ends the run, find in it what the step gave.
    """
    at = now()
    entries = []
    for output, given in (action.known or {}).items():
        entry, number = entry_of(project.ledger, given)
        entries.append(Unplaced(output, number - 1, entry))
    record = StepRecord(
        run=origin.run,
        pipeline=origin.pipeline,
        step=origin.step,
        item=origin.item,
        origin=origin,
        started=at,
        finished=at,
        entries=tuple(entries),
        inputs=action.inputs,
        parameters={name: encode(value) for name, value in action.parameters.items()},
    )
    return project.ledger.commit(record)
