"""Who in this project reads a catalog, formula, use case or report, and so breaks with it, and who writes a catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from jeyn.model.artefact import BATCH
from jeyn.model.definitions import DataCatalog, Definitions, ModelRecipe, Pipeline
from jeyn.model.names import Pin
from jeyn.model.plan import Plan, PlannedInput, PlannedStep
from jeyn_gen.change.rule import Breach
from jeyn_gen.change.trees import Pair
from jeyn_gen.load.project import Project

_MOST = 5  # named in a message


@dataclass(frozen=True, slots=True)
class Consumer:
    """One who reads: its name in words, its pipeline, and which features where they are not all of a catalog."""

    name: str
    pipeline: str = ""
    features: frozenset[str] | None = None

    def reads(self, feature: str) -> bool:
        """Whether it reads a feature; nothing names one where the whole definition is meant."""
        return not feature or self.features is None or feature in self.features


@dataclass(frozen=True, slots=True)
class Consumers:
    """Consumers by what they read: catalogs by pin, formulas and use cases by pin, reports by name.

    `writers`: the names of those whose functions make batches, by the catalogs of these.
    """

    catalogs: dict[Pin, list[Consumer]] = field(default_factory=dict)
    streams: dict[str, list[Consumer]] = field(default_factory=dict)
    writers: dict[Pin, list[str]] = field(default_factory=dict)

    def of(self, pair: Pair, breach: Breach) -> list[str]:
        """Who reads what a breach is about, under the line that it had or the one that it has; each once."""
        old, new = pair.definitions
        if isinstance(old, DataCatalog):
            found = [*self.catalogs.get(old.pin, ()), *self.catalogs.get(new.pin, ())]
        elif isinstance(old, Pipeline):
            found = [one for one in self.streams.get(breach.stream, ()) if one.pipeline != old.name]
        else:
            found = [*self.streams.get(str(old.pin), ()), *self.streams.get(str(new.pin), ())]
        return list(dict.fromkeys(one.name for one in found if one.reads(breach.feature)))

    def writing(self, pair: Pair) -> list[str]:
        """Who makes batches that conform to a catalog, in either of its lines; each once."""
        return list(dict.fromkeys(name for one in pair.definitions for name in self.writers.get(one.pin, ())))


def consumers(project: Project) -> Consumers:
    """All consumers in the project, steps before formulas and use cases."""
    found = Consumers()
    for plan in project.plans.values():
        for key, consumer in _of_steps(plan, project.definitions):
            _add(found, key, consumer)
    for pipeline in project.definitions.pipelines.values():
        for pin in pipeline.on_new_batch:
            _add(found, str(pin), Consumer(f"pipeline {pipeline.pin}", pipeline.name))
    for key, consumer in _of_documents(project.definitions):
        _add(found, key, consumer)
    for catalog, name in _of_functions(project):
        found.writers.setdefault(catalog, []).append(name)
    return found


def _add(found: Consumers, key: Pin | str, consumer: Consumer) -> None:
    if isinstance(key, Pin):
        found.catalogs.setdefault(key, []).append(consumer)
    else:
        found.streams.setdefault(key, []).append(consumer)


def _of_functions(project: Project) -> Iterator[tuple[Pin, str]]:
    """The catalogs that functions write, of formulas and of steps. Files may lack what may be null."""
    formulas = project.definitions.formulas
    for formula in formulas.values():
        if formula.function:
            yield formula.catalog, f"formula {formula.pin} ({formula.function})"
    for plan in project.plans.values():
        for step in plan.steps:
            for output in step.outputs:
                made = formulas.get(output.definition) if output.definition else None
                if made and step.formula is None and step.function != made.function:
                    yield made.catalog, f"{_step(step, plan)} ({step.function})"


def _step(step: PlannedStep, plan: Plan) -> str:
    return f"step `{step.name}` of {plan.pin}"


def _of_documents(definitions: Definitions) -> Iterator[tuple[Pin | str, Consumer]]:
    for formula in definitions.formulas.values():
        consumer = Consumer(f"formula {formula.pin}")
        yield formula.catalog, consumer
        for _, pin in formula.inputs:
            yield str(pin), consumer
        read = formula.inputs[:1] if isinstance(formula.recipe, ModelRecipe) else formula.inputs
        for _, pin in read:
            if pin in definitions.formulas and definitions.formulas[pin].catalog != formula.catalog:
                yield definitions.formulas[pin].catalog, consumer
    for use_case in definitions.use_cases.values():
        for catalog in dict.fromkeys((use_case.inputs, use_case.outputs)):
            yield catalog, Consumer(f"use case {use_case.pin}")


def _of_steps(plan: Plan, definitions: Definitions) -> Iterator[tuple[Pin | str, Consumer]]:
    for step in plan.steps:
        consumer = Consumer(_step(step, plan), plan.name)
        for pin in dict.fromkeys(output.definition for output in step.outputs if output.definition):
            yield str(pin), consumer
        for one in step.inputs:
            yield str(one.definition) if one.definition else one.report, consumer
            yield from _of_edge(one, consumer, definitions)


def _of_edge(one: PlannedInput, consumer: Consumer, definitions: Definitions) -> Iterator[tuple[Pin, Consumer]]:
    """The catalog that a batch is read as, and its own, of which the former's features are read."""
    if one.kind != BATCH or one.catalog is None or one.definition is None:
        return
    yield one.catalog, consumer
    own = definitions.formulas[one.definition].catalog
    if own != one.catalog:
        features = definitions.catalogs[one.catalog].features
        yield own, replace(consumer, features=frozenset(feature.name for feature in features))


def listed(names: list[str]) -> str:
    """Names in a sentence, and how many more there are."""
    if len(names) > _MOST:
        return f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
