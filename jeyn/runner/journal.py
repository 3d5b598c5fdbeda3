"""What is recorded of a run itself, in the stream of its pipeline: its start, the items that it learns of, its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jeyn.model.artefact import RUN_FANNED_OUT, RUN_FINISHED, RUN_STARTED, Entry, Origin, Placed
from jeyn.model.codec import encode
from jeyn.model.plan import Plan, PlannedStep
from jeyn.model.timestamps import now
from jeyn.model.types import Value
from jeyn.project import Project
from jeyn.runner.fan_out import Item
from jeyn.runner.result import RunResult


class Journal:
    """Records one run. What stands in it before a step begins lets readers complete what a crash leaves open."""

    def __init__(
        self, project: Project, plan: Plan, origin: Origin, keep: Callable[[str, Entry], Placed] | None = None
    ) -> None:
        """`keep` records an entry (`start`, `STEP/items`, `end`) that somebody else may have recorded already."""
        self._project = project
        self._plan = plan
        self._origin = origin
        self._keep = keep or (lambda _, entry: project.ledger.append(entry))

    def started(
        self,
        steps: Iterable[PlannedStep],
        parameters: Mapping[str, Value | None],
        *,
        places: Iterable[list[str]] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """The run begins. What a report lists is not known yet. `places` are others that may be committed to."""
        details = {
            "version": str(self._plan.version),
            "steps": [*(place for step in steps for place in _places(step)), *places],
            "parameters": {name: encode(value) for name, value in parameters.items()},
            **(more or {}),
        }
        self._record("start", RUN_STARTED, details)

    def fanned_out(self, step: PlannedStep, items: Iterable[Item]) -> None:
        """A report has told what a step is run for; no item has begun."""
        details = {"steps": [[step.name, item.name] for item in items]}
        self._record(f"{step.name}/items", RUN_FANNED_OUT, details)

    def ended(self, result: RunResult) -> None:
        """The run is over."""
        self._record("end", RUN_FINISHED, result.to_json())
        self._project.catch_up_events()

    def _record(self, what: str, kind: str, details: Mapping[str, Any]) -> None:
        entry = Entry(f"{self._origin.run}/{what}", self._plan.name, kind, now(), self._origin, details=details)
        self._project.tell_events([self._keep(what, entry)])


def _places(step: PlannedStep) -> Iterator[list[str]]:
    """Where the ledger will hold what a step commits, as far as that is known before it begins: step and item."""
    if step.for_each is None:
        yield [step.name, ""]
    else:
        yield from ([step.name, str(at)] for at in range(len(step.for_each.items)))
