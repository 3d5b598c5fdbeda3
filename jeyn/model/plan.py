"""A pipeline with every reference resolved: what the generator writes down and the runner follows."""

from __future__ import annotations

from collections.abc import Iterable

from jeyn.model.definitions import Parameter, Resources
from jeyn.model.names import Pin, Version
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Backoff, Condition, ForEach, Placement
from jeyn.model.values import dataclass


@dataclass(frozen=True, slots=True)
class PlannedInput:
    """One input of a step: `kind` is batch, checkpoint or report.

    `definition` is the formula or use case that it comes from (none for a report, which is in the stream `report`),
    `catalog` what a batch is read as. `is_many`: the source is a step with `for_each`, and all that its items gave is
    read, in their order.
    """

    name: str
    kind: str
    source: StepOutput | Recorded
    definition: Pin | None = None
    catalog: Pin | None = None
    report: str = ""
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class PlannedOutput:
    """One output of a step: a batch or checkpoint of `definition`, or a report in the stream `report`."""

    name: str
    kind: str
    definition: Pin | None = None
    report: str = ""

    @property
    def stream(self) -> str:
        """The stream that it is recorded in."""
        return self.definition.name if self.definition else self.report


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step: it runs `formula` if that is given, `function` otherwise (a recipe may have a function too).

    `secrets` are pairs of a name and the key that it has in the environment's secret store. `timeout` is in
    seconds; 0: none.
    """

    name: str
    inputs: tuple[PlannedInput, ...] = ()
    outputs: tuple[PlannedOutput, ...] = ()
    formula: Pin | None = None
    function: str = ""
    parameters: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    cache: bool = True
    retries: int = 0
    resources: Resources = Resources()
    secrets: tuple[tuple[str, str], ...] = ()
    for_each: ForEach | None = None
    when: tuple[Condition, ...] = ()
    backoff: Backoff = Backoff()
    timeout: int = 0
    placement: Placement = Placement()

    @property
    def sources(self) -> tuple[StepOutput | Recorded, ...]:
        """What it reads, each once: for its inputs, for its items, for its conditions."""
        found: list[StepOutput | Recorded | None] = [read.source for read in self.inputs]
        found.append(self.for_each.source if self.for_each else None)
        found += [condition.source for condition in self.when]
        return tuple(dict.fromkeys(source for source in found if source is not None))

    @property
    def after(self) -> tuple[str, ...]:
        """The steps that must be done before this one."""
        return tuple(dict.fromkeys(source.step for source in self.sources if isinstance(source, StepOutput)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A pipeline, its steps in an order in which they can run one by one."""

    name: str
    version: Version
    steps: tuple[PlannedStep, ...]
    parameters: tuple[Parameter, ...] = ()

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.version.line)

    def step(self, name: str) -> PlannedStep | None:
        """The step of that name, or None."""
        return next((step for step in self.steps if step.name == name), None)


def recorded_sources(steps: Iterable[PlannedStep]) -> list[Recorded]:
    """What these steps read from the record, each once, sorted."""
    sources = {one.source for step in steps for one in step.inputs if isinstance(one.source, Recorded)}
    return sorted(sources, key=str)
