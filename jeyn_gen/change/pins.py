"""Where a document pins other definitions, so that it can be made to pin another line of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jeyn.model.definitions import (
    DatasetFormula,
    Definition,
    FilesRecipe,
    MLUseCase,
    ModelRecipe,
    Pipeline,
    PythonRecipe,
    Step,
)
from jeyn.model.names import Pin
from jeyn.model.references import Recorded


@dataclass(frozen=True, slots=True)
class Site:
    """A pin in a document: of a catalog, or of what owns a stream (a formula or use case), as `text` writes it."""

    keys: tuple[str, ...]
    pin: Pin
    text: str
    is_catalog: bool = False


def sites(definition: Definition) -> Iterator[Site]:
    """Every pin of a line. What names one entry by its number, which is of the line that it is of, is none."""
    match definition:
        case DatasetFormula():
            yield _of_catalog(("catalog",), definition.catalog)
            yield from _of_recipe(definition)
        case MLUseCase():
            yield _of_catalog(("inputs",), definition.inputs)
            yield _of_catalog(("outputs",), definition.outputs)
        case Pipeline():
            for step in definition.steps:
                yield from _of_step(step)
            for at, pin in enumerate(definition.on_new_batch):
                yield Site(("on", str(at), "new-batch"), pin, str(pin))


def _of_catalog(keys: tuple[str, ...], pin: Pin) -> Site:
    return Site(keys, pin, str(pin), is_catalog=True)


def _of_recipe(formula: DatasetFormula) -> Iterator[Site]:
    match formula.recipe:
        case FilesRecipe():
            return
        case ModelRecipe():
            prefix: tuple[str, ...] = ("recipe", "model")
        case PythonRecipe():
            prefix = ("recipe", "python", "inputs")
        case _:
            prefix = ("recipe", "composite", "inputs")
    for name, pin in formula.inputs:
        yield Site((*prefix, name), pin, str(pin))


def _of_step(step: Step) -> Iterator[Site]:
    at = ("steps", step.name)
    if step.formula is not None:
        yield Site((*at, "formula"), step.formula, str(step.formula))
    for output in step.outputs:
        if output.definition is not None:
            yield Site((*at, "outputs", output.name), output.definition, str(output.definition))
    for source in step.inputs:
        where = (*at, "inputs", source.name)
        if isinstance(source.source, Recorded) and source.source.pin and source.source.number is None:
            yield Site((*where, "from"), source.source.pin, str(source.source))
        if source.catalog is not None:
            yield _of_catalog((*where, "catalog"), source.catalog)
