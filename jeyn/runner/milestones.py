"""The start and the end of a run whose steps are pods: each recorded once, however often its pod is tried.

They are committed as steps are, by one record, since a pod may be lost at any moment and Argo tries it again. No step
of a pipeline can have their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import Entry, Origin, StepInput, StepRecord, Unplaced
from jeyn.model.timestamps import now
from jeyn.project import Project

START = "_start"
END = "_end"


def items_of(step: str) -> str:
    """The milestone at which it is known what a step is run for."""
    return f"_items-{step}"


def reached(ledger: Ledger, run: str, milestone: str) -> StepRecord | None:
    """The record of a milestone, or None while it is not reached."""
    return ledger.step(run, milestone)


def reach(
    project: Project,
    origin: Origin,
    milestone: str,
    kind: str,
    details: Mapping[str, Any],
    inputs: Mapping[str, StepInput] | None = None,
) -> StepRecord:
    """Record a milestone in the pipeline's stream; where another try has done so, what that one recorded."""
    entry = Entry(f"{origin.run}/{milestone}", origin.pipeline, kind, now(), origin, details=details)
    head = project.ledger.streams.heads([origin.pipeline])[origin.pipeline]
    record = StepRecord(
        run=origin.run,
        pipeline=origin.pipeline,
        step=milestone,
        item="",
        origin=origin,
        started=entry.created,
        finished=entry.created,
        inputs=inputs or {},
        parameters={},
        runtime={},
        cache_key="",
        entries=(Unplaced(milestone, head, entry),),
    )
    done = project.ledger.commit(record)
    project.tell_events(done.outputs.values())
    return done.record
