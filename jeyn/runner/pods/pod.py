"""What every pod of a run knows, and how it reads what others have handed to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jeyn.errors import AskError, IntegrityError
from jeyn.ledger.ledger import Ledger
from jeyn.model.argument_text import from_argument
from jeyn.model.artefact import Origin, StepInput
from jeyn.model.handing import Handed
from jeyn.model.plan import Plan
from jeyn.model.types import Value
from jeyn.project import Project
from jeyn.runner.journal import Journal
from jeyn.runner.parameters import bind
from jeyn.runner.pods.milestones import Milestones

#: Arguments of a workflow that are not its pipeline's begin so; no parameter can.
_OWN = "jeyn-"


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod of a run: the project in its image, the pipeline, its parameters, and what all its entries say."""

    project: Project
    plan: Plan
    parameters: Mapping[str, Value | None]
    origin: Origin

    @property
    def ledger(self) -> Ledger:
        return self.project.ledger

    @property
    def milestones(self) -> Milestones:
        """What was recorded of the run itself."""
        return Milestones(self.project.ledger, self.origin)

    @property
    def journal(self) -> Journal:
        """Records what happens to the run: once, however often its pods are tried."""
        return Journal(self.project, self.plan, self.origin, self.milestones.keep)


def read_parameters(plan: Plan, text: str) -> dict[str, Value | None]:
    """A run's parameters from the JSON that Argo makes of a workflow's arguments; AskError for what cannot be one."""
    listed = _json(text, "--parameters")
    if not isinstance(listed, list) or not all(map(_is_named, listed)):
        raise AskError("--parameters is no list of names and values", 'write [{"name": NAME, "value": TEXT}, …]')
    given = {one["name"]: one.get("value", "") for one in listed if not one["name"].startswith(_OWN)}
    try:
        return bind(plan.parameters, {name: from_argument(str(value)) for name, value in given.items()})
    except ValueError as error:
        raise AskError(f"a parameter begins with `json:` and is none: {error}") from None


def read_inputs(text: str) -> dict[str, tuple[Handed, ...]]:
    """What a step reads, by what it is of: a JSON object of texts, or lists of them; AskError for what is none."""
    given = _json(text, "--inputs")
    if not isinstance(given, dict):
        raise AskError("--inputs is no JSON object", 'write {"STEP.OUTPUT": "NAME#NUMBER sha256:DIGEST"}')
    try:
        return {
            source: tuple(Handed.parse(str(one)) for one in (held if isinstance(held, list) else [held]))
            for source, held in given.items()
        }
    except ValueError as error:
        raise AskError(f"--inputs: {error}") from None


def taken(ledger: Ledger, many: Iterable[Handed]) -> dict[Handed, StepInput]:
    """What is recorded behind each, read in one go; IntegrityError where the ledger holds something else there."""
    wanted = set(many)
    there = ledger.streams.at((one.stream, one.number) for one in wanted)
    found: dict[Handed, StepInput] = {}
    for one in wanted:
        entry = there.get((one.stream, one.number))
        if entry is None or entry.artefact is None or entry.artefact.digest != one.digest:
            raise IntegrityError(
                f"{one.stream}#{one.number} is not {one.digest}, which a pod of this run was handed",
                "all pods of a run must use one ledger",
            )
        found[one] = StepInput(f"{one.stream}#{one.number}", one.stream, entry.id, one.digest)
    return found


def _json(text: str, option: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AskError(f"{option} is no JSON: {error}") from None


def _is_named(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("name"), str)
