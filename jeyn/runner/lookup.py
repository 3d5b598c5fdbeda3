"""What each step of a run reads, and whether the same was computed before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from jeyn.errors import AskError
from jeyn.formulas.listing import ListedObject, list_objects, new_objects
from jeyn.model.artefact import Placed, StepInput
from jeyn.model.definitions import FilesRecipe
from jeyn.model.plan import Plan, PlannedOutput, PlannedStep
from jeyn.model.references import LATEST, Recorded, StepOutput
from jeyn.model.types import Value
from jeyn.project import Project
from jeyn.runner.action import action_key
from jeyn.runner.code import FirstParty
from jeyn.runner.parameters import bind
from jeyn.stores import definitions


@dataclass(frozen=True, slots=True)
class Action:
    """What a step would do: its inputs and parameters, the key of that, and the outputs if they are known by it."""

    inputs: dict[str, StepInput]
    parameters: dict[str, Value | None]
    key: str
    known: dict[str, StepInput] | None
    #: A `files` recipe with nothing new: its newest batch stands whatever is forced.
    is_settled: bool = False


@dataclass(slots=True)
class Lookup:
    """The steps of one run, as far as their inputs are known. `outputs` grows as steps end.

    What comes from the record is resolved when this is made, once, so that all steps see the same.
    """

    project: Project
    plan: Plan
    given: Mapping[str, Any]
    only: Collection[str] = ()
    parameters: dict[str, Value | None] = field(init=False)
    first_party: FirstParty = field(init=False)
    outputs: dict[str, dict[str, StepInput]] = field(default_factory=dict)
    _recorded: dict[Recorded, StepInput] = field(init=False)

    def __post_init__(self) -> None:
        self.parameters = bind(self.plan.parameters, self.given)
        for name in self.only:
            if self.plan.step(name) is None:
                known = ", ".join(step.name for step in self.plan.steps)
                raise AskError(f"the pipeline has no step {name!r}", f"it has {known}")
        self.first_party = FirstParty(self.project.root)
        sources = {one.source for step in self.steps for one in step.inputs if isinstance(one.source, Recorded)}
        self._recorded = {source: as_input(self.project.recorded(source)) for source in sorted(sources, key=str)}
        self._take_earlier_outputs()

    @property
    def steps(self) -> list[PlannedStep]:
        """The steps of this run, in an order in which they can run."""
        return [step for step in self.plan.steps if not self.only or step.name in self.only]

    def is_ready(self, step: PlannedStep) -> bool:
        """Whether all that a step reads is known."""
        return all(name in self.outputs for name in step.after)

    def action(self, step: PlannedStep) -> Action:
        """What a step that is ready would do."""
        inputs = self._inputs_of(step)
        parameters = {name: self.parameters[name] for name in step.parameters}
        objects, newest = self._objects_of(step)
        if newest is not None:
            return Action(inputs, parameters, "", {step.outputs[0].name: newest}, is_settled=True)
        if not step.cache:
            return Action(inputs, parameters, "", None)
        key = action_key(step, inputs, parameters, objects, self.project.root, self.first_party)
        record = self.project.ledger.cached(key)
        if record is None:
            return Action(inputs, parameters, key, None)
        placed = self.project.ledger.roll_forward(record).outputs
        return Action(inputs, parameters, key, {name: as_input(one) for name, one in placed.items()})

    def _inputs_of(self, step: PlannedStep) -> dict[str, StepInput]:
        return {
            one.name: self.outputs[one.source.step][one.source.output]
            if isinstance(one.source, StepOutput)
            else self._recorded[one.source]
            for one in step.inputs
        }

    def _objects_of(self, step: PlannedStep) -> tuple[list[ListedObject], StepInput | None]:
        """What a `files` recipe would read; where nothing is new, the batch that is newest."""
        recipe = definitions.formula(step.formula).recipe if step.formula else None
        if step.formula is None or not isinstance(recipe, FilesRecipe):
            return [], None
        listed = list_objects(recipe.url, self.project.root)
        batches = list(self.project.ledger.streams.follow(step.formula.name, after=0))
        new = new_objects(listed, [placed.entry for placed in batches], self.project.root)
        if not new and batches:
            return [], as_input(batches[-1])
        if not new:
            raise AskError(f"{step.formula} has no batch yet, and no object is at {recipe.url}", "add a file there")
        return new, None

    def _take_earlier_outputs(self) -> None:
        """With `only`: what the other steps would give is what is newest in the record."""
        names = {step.name for step in self.steps}
        needed = {name for step in self.steps for name in step.after} - names
        for step in self.plan.steps:
            if step.name in needed:
                self.outputs[step.name] = {
                    output.name: as_input(self.project.recorded(_newest(output))) for output in step.outputs
                }


def as_input(placed: Placed) -> StepInput:
    """A recorded artefact as what a step reads."""
    artefact = placed.entry.artefact
    assert artefact is not None, "only artefacts are read"
    return StepInput(str(placed), placed.entry.stream, placed.entry.id, artefact.digest)


def _newest(output: PlannedOutput) -> Recorded:
    if output.definition is None:
        return Recorded(output.report, LATEST)
    return Recorded(output.definition.name, LATEST, output.definition.line)
