"""What the pods of a run hand to each other through Argo: names of output parameters, and artefacts as text."""

from __future__ import annotations

import re

from jeyn.model.artefact import StepInput
from jeyn.model.names import NAME
from jeyn.model.references import Recorded
from jeyn.model.values import dataclass

#: The output of the first pod that tells whether there is anything to run for.
GO = "go"
#: What a run may be started by, beside people and its schedule.
NEW_BATCH = "new-batch"
_HANDED = re.compile(rf"({NAME})#([1-9]\d{{0,15}}) (sha256:[0-9a-f]{{64}})", re.ASCII)


def recorded_output(source: Recorded) -> str:
    """The output of the first pod that holds what a reference was resolved to."""
    # No name holds what keeps its parts apart, so no two references are called alike.
    return "_".join(filter(None, ("recorded", source.name, source.line.replace(".", "-"), source.which)))


def items_output(step: str) -> str:
    """The output with the places of a step's items, of the step that makes them."""
    return f"items-{step}"


def when_output(step: str) -> str:
    """The output that tells whether the conditions of a step hold, as far as its maker knows."""
    return f"when-{step}"


@dataclass(frozen=True, slots=True)
class Handed:
    """An artefact by its number in the ledger that all pods of a run share, and its digest."""

    stream: str
    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.stream}#{self.number} {self.digest}"

    @classmethod
    def parse(cls, text: str) -> Handed:
        """Read `NAME#NUMBER sha256:DIGEST`; ValueError otherwise."""
        match = _HANDED.fullmatch(text)
        if match is None:
            raise ValueError(f"not of the form NAME#NUMBER sha256:DIGEST: {text!r}")
        return cls(match[1], int(match[2]), match[3])


def handed(one: StepInput) -> Handed:
    """What a step gave, as others are told of it."""
    return Handed(one.stream, int(one.reference.rpartition("#")[2]), one.digest)
