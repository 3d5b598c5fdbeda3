"""What is recorded behind the references that steps hand each other."""

from __future__ import annotations

from jeyn.errors import IntegrityError
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import Entry, Placed, StepInput


def entry_of(ledger: Ledger, given: StepInput) -> tuple[Entry, int]:
    """The entry and its number; IntegrityError if the ledger holds something else there."""
    number = int(given.reference.rpartition("#")[2])
    entry = ledger.streams.read(given.stream, number)
    if entry is None or entry.artefact is None or entry.artefact.digest != given.digest:
        raise IntegrityError(f"{given.reference} is not what the run was started with", "run `jeyn verify`")
    return entry, number


def as_input(placed: Placed) -> StepInput:
    """A recorded artefact as what a step reads."""
    artefact = placed.entry.artefact
    assert artefact is not None, "only artefacts are read"
    return StepInput(str(placed), placed.entry.stream, placed.entry.id, artefact.digest)
