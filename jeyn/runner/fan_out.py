"""The items of a step: what it is run for, once each, and what is read of a step that was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jeyn.errors import AskError, StepError
from jeyn.model.definitions import Parameter
from jeyn.model.plan import PlannedStep
from jeyn.model.references import StepOutput
from jeyn.model.types import Value
from jeyn.runner.parameters import bind
from jeyn.stores.saved import Report

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """One of the items of a step: its place in decimal digits, and the parameters that it sets.

    A step without `for_each` is run for one item without a name.
    """

    name: str = ""
    settings: Mapping[str, Value | None] = field(default_factory=dict)


def items_of(
    step: PlannedStep, declared: Sequence[Parameter], report: Callable[[StepOutput], Report]
) -> tuple[Item, ...]:
    """What a step is run for; none where its report lists none. StepError for a list that its parameters refuse."""
    if step.for_each is None:
        return (Item(),)
    source = step.for_each.source
    if source is None:
        return tuple(Item(str(at), dict(item)) for at, item in enumerate(step.for_each.items))
    taken = [parameter for parameter in declared if parameter.name in step.parameters]
    read = report(source)
    return tuple(Item(str(at), _checked(one, taken, at, read)) for at, one in enumerate(_listed(read)))


def grouped(step: PlannedStep, inputs: Mapping[str, T]) -> dict[str, T | tuple[T, ...]]:
    """A step's inputs by name. Of many, the first is `NAME[0]` in `inputs`, and here they are a tuple."""
    return {one.name: _many(one.name, inputs) if one.is_many else inputs[one.name] for one in step.inputs}


def numbered(name: str, many: Sequence[T]) -> dict[str, T]:
    """Many inputs of one name, each under a name of its own: what `grouped` groups."""
    return {f"{name}[{at}]": one for at, one in enumerate(many)}


def _many(name: str, inputs: Mapping[str, T]) -> tuple[T, ...]:
    found: list[T] = []
    while (one := inputs.get(f"{name}[{len(found)}]")) is not None:
        found.append(one)
    return tuple(found)


def _listed(report: Report) -> list[Any]:
    """The list in the only JSON file of a report."""
    names = [blob.name for blob in report.entry.artefact.blobs] if report.entry.artefact else []
    found = [name for name in names if name.endswith(".json")]
    fix = "save it as artefact_store.save([{PARAMETER: VALUE}, …])"
    if len(found) != 1:
        raise StepError(f"{report.reference} has {len(found)} JSON files; one of them lists the items", fix)
    try:
        listed = report.read(found[0])
    except ValueError as error:
        raise StepError(f"{found[0]} of {report.reference} is no JSON: {error}", fix) from None
    if not isinstance(listed, list):
        raise StepError(f"{found[0]} of {report.reference} holds {type(listed).__name__}, not a list of items", fix)
    return listed


def _checked(item: Any, taken: Sequence[Parameter], at: int, report: Report) -> dict[str, Value | None]:
    """The settings of a listed item, read as the command line reads parameters."""
    where = f"item {at} of {report.reference}"
    if not isinstance(item, dict):
        raise StepError(f"{where} is {type(item).__name__}, not a mapping of parameters")
    named = [parameter for parameter in taken if parameter.name in item]
    unknown = sorted(item.keys() - {parameter.name for parameter in named})
    if unknown:
        known = ", ".join(parameter.name for parameter in taken) or "none"
        raise StepError(f"{where} sets {', '.join(unknown)}, which the step does not take", f"it takes {known}")
    try:
        return bind(named, item)
    except AskError as error:
        raise StepError(f"{where}: {error.message}", error.fix) from None
