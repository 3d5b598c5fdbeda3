"""What is recorded of a run by its pods: each milestone once, however often the pod that tells of it is tried.

An entry by itself could be doubled by a second try. So a milestone is committed as a step is, by a record under a key
that only it can have, which holds its entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import Entry, Origin, Placed, StepRecord, Unplaced

#: The start of a run and its end. No step is called so.
START, END = "start", "end"
_ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Milestones:
    """The milestones of one run."""

    ledger: Ledger
    origin: Origin

    def keep(self, what: str, entry: Entry) -> Placed:
        """Record one; if another try has recorded it, that stands, and is returned."""
        head = self.ledger.streams.head(entry.stream)
        step, item = _place(what)
        record = StepRecord(
            run=self.origin.run,
            pipeline=self.origin.pipeline,
            step=step,
            item=item,
            origin=self.origin,
            started=entry.created,
            finished=entry.created,
            entries=(Unplaced(_ENTRY, head, entry),),
        )
        return self.ledger.commit(record).outputs[_ENTRY]

    def reached(self, what: str) -> Entry | None:
        """The entry of a milestone, placed; None before it is recorded."""
        record = self.ledger.step(self.origin.run, *_place(what))
        return None if record is None else self.ledger.roll_forward(record).outputs[_ENTRY].entry


def places(steps: Iterable[str]) -> list[list[str]]:
    """Where the ledger may come to hold milestones of a run beside its start: where readers look for them.

    `steps` are those that learn of their items.
    """
    return [list(_place(what)) for what in (END, *(items_of(step) for step in steps))]


def items_of(step: str) -> str:
    """The milestone that tells what a step is run for."""
    return f"{step}/items"


def _place(what: str) -> tuple[str, str]:
    """Step and item of the record: `_start`, or `_items` of the step."""
    step, _, kind = what.rpartition("/")
    return f"_{kind}", step
