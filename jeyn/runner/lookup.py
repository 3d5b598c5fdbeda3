"""What each step of a run reads, and whether the same was computed before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jeyn.errors import AskError
from jeyn.formulas.listing import ListedObject
from jeyn.formulas.unread import unread
from jeyn.model.artefact import StepInput
from jeyn.model.definitions import FilesRecipe
from jeyn.model.plan import Plan, PlannedStep, recorded_sources
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Condition
from jeyn.model.types import Value
from jeyn.project import Project
from jeyn.runner.action import action_key
from jeyn.runner.code import FirstParty, code_digests
from jeyn.runner.conditions import unmet
from jeyn.runner.earlier import earlier_outputs
from jeyn.runner.fan_out import Item, items_of, numbered
from jeyn.runner.parameters import bind
from jeyn.runner.reading import as_input, entry_of
from jeyn.stores import definitions
from jeyn.stores.saved import Report, Saved

_SavedT = TypeVar("_SavedT", bound=Saved)


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
    """The steps of one run, as far as their inputs are known.

    `recorded` holds what the run reads from the record, resolved once, so that all steps see the same; `outputs`
    grows as steps end: by step and output, one artefact for each item.
    """

    project: Project
    plan: Plan
    parameters: Mapping[str, Value | None]
    recorded: Mapping[Recorded, StepInput]
    outputs: dict[str, dict[str, tuple[StepInput, ...]]] = field(default_factory=dict)
    only: Collection[str] = ()
    first_party: FirstParty = field(init=False)
    _code: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_party = FirstParty(self.project.root)

    @classmethod
    def begin(cls, project: Project, plan: Plan, given: Mapping[str, Any], only: Collection[str] = ()) -> Lookup:
        """That of a new run with these parameters; AskError where they, or what is in the record, do not do."""
        for name in only:
            if plan.step(name) is None:
                known = ", ".join(step.name for step in plan.steps)
                raise AskError(f"the pipeline has no step {name!r}", f"it has {known}")
        parameters = bind(plan.parameters, given)
        steps = [step for step in plan.steps if not only or step.name in only]
        recorded = {source: as_input(project.recorded(source)) for source in recorded_sources(steps)}
        return cls(project, plan, parameters, recorded, _earlier_outputs(project, plan, steps), only)

    @property
    def steps(self) -> list[PlannedStep]:
        """The steps of this run, in an order in which they can run."""
        return [step for step in self.plan.steps if not self.only or step.name in self.only]

    def is_ready(self, step: PlannedStep) -> bool:
        """Whether all that a step reads is known."""
        return all(name in self.outputs for name in step.after)

    def unmet(self, step: PlannedStep) -> str:
        """The first condition of a step that does not hold, in words; empty where all hold.

        Where not all that it reads is known yet, only what is asked of parameters. StepError as `conditions.unmet`.
        """
        return self.first_unmet(one for one in step.when if one.source is None or self.is_ready(step))

    def first_unmet(self, conditions: Iterable[Condition]) -> str:
        """As `unmet`, of conditions that can be judged."""
        return unmet(conditions, self.parameters, lambda source: self._saved(source, Saved).metrics)

    def items(self, step: PlannedStep) -> tuple[Item, ...]:
        """What a step that is ready is run for; none where its report lists none. StepError as `items_of`."""
        return items_of(step, self.plan.parameters, lambda source: self._saved(source, Report))

    def action(self, step: PlannedStep, item: Item) -> Action:
        """What a step that is ready would do for an item."""
        inputs = self.inputs_of(step)
        parameters = {name: item.settings.get(name, self.parameters[name]) for name in step.parameters}
        objects, newest = self._objects_of(step)
        if newest is not None:
            return Action(inputs, parameters, "", {step.outputs[0].name: newest}, is_settled=True)
        if not step.cache:
            return Action(inputs, parameters, "", None)
        key = action_key(step, inputs, parameters, objects, self._code_of(step))
        record = self.project.ledger.cached(key)
        if record is None:
            return Action(inputs, parameters, key, None)
        placed = self.project.ledger.roll_forward(record).outputs
        return Action(inputs, parameters, key, {name: as_input(one) for name, one in placed.items()})

    def inputs_of(self, step: PlannedStep) -> dict[str, StepInput]:
        """What a step that is ready reads, by name; each of many by a name of its own."""
        found: dict[str, StepInput] = {}
        for one in step.inputs:
            if isinstance(one.source, Recorded):
                found[one.name] = self.recorded[one.source]
            elif one.is_many:
                found |= numbered(one.name, self.outputs[one.source.step][one.source.output])
            else:
                (found[one.name],) = self.outputs[one.source.step][one.source.output]
        return found

    def _saved(self, source: StepOutput, kind: type[_SavedT]) -> _SavedT:
        """What a step gave under a name; lint sees that it is one."""
        (given,) = self.outputs[source.step][source.output]
        entry, number = entry_of(self.project.ledger, given)
        return kind(entry, number, self.project.ledger.blobs)

    def _code_of(self, step: PlannedStep) -> dict[str, str]:
        """The digests of the files that a step reaches: once for all its items."""
        if step.name not in self._code:
            module = step.function.partition(":")[0]
            self._code[step.name] = code_digests(self.project.root, module, step.code, self.first_party)
        return self._code[step.name]

    def _objects_of(self, step: PlannedStep) -> tuple[Sequence[ListedObject], StepInput | None]:
        """What a `files` recipe would read; where nothing is new, the batch that is newest."""
        recipe = definitions.formula(step.formula).recipe if step.formula else None
        if step.formula is None or not isinstance(recipe, FilesRecipe):
            return (), None
        found = unread(self.project.ledger.streams, step.formula, recipe, self.project.root)
        if not found.objects and found.newest is not None:
            return (), as_input(found.newest)
        return found.objects, None


def _earlier_outputs(
    project: Project, plan: Plan, steps: Collection[PlannedStep]
) -> dict[str, dict[str, tuple[StepInput, ...]]]:
    """Where only these steps run: what the others would give is what is newest in the record."""
    needed = {name for step in steps for name in step.after} - {step.name for step in steps}
    return {step.name: earlier_outputs(project, plan, step) for step in plan.steps if step.name in needed}
