"""How a dataset is made: its catalog, and its recipe of one of the four kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from jeyn.model.definitions import (
    CompositeRecipe,
    DatasetFormula,
    FilesRecipe,
    ModelRecipe,
    PythonRecipe,
    Recipe,
)
from jeyn.model.names import Pin
from jeyn_gen.change.levels import Level
from jeyn_gen.change.rule import Breach, Rule, at

R = TypeVar("R", bound=Recipe)

_KINDS: dict[type[Any], str] = {
    FilesRecipe: "files",
    PythonRecipe: "python",
    CompositeRecipe: "composite",
    ModelRecipe: "model",
}


@dataclass(frozen=True, slots=True)
class FormulaChange:
    """Two versions of a formula."""

    old: DatasetFormula
    new: DatasetFormula

    @property
    def is_same_kind(self) -> bool:
        return type(self.old.recipe) is type(self.new.recipe)

    @property
    def kind(self) -> str:
        """The key of the new recipe."""
        return _KINDS[type(self.new.recipe)]


def _catalog(change: FormulaChange) -> Iterator[Breach]:
    if change.old.catalog != change.new.catalog:
        yield at(f"its batches conformed to {change.old.catalog}, and conform to {change.new.catalog}", "catalog")


def _recipe(change: FormulaChange) -> Iterator[Breach]:
    if not change.is_same_kind:
        old, new = _KINDS[type(change.old.recipe)], change.kind
        yield at(f"its recipe was of the kind `{old}`, and is of the kind `{new}`", "recipe")


def is_moved(old: str, new: str) -> bool:
    """Whether a function has its name still, and another module."""
    return old != new and old.partition(":")[2] == new.partition(":")[2]


def _function(change: FormulaChange, *, moved: bool) -> Iterator[Breach]:
    old, new = change.old.function, change.new.function
    if change.is_same_kind and old != new and is_moved(old, new) is moved:
        verb = "is moved from" if moved else "was"
        yield at(f"its function {verb} {old}{' to' if moved else ', and is'} {new}", "recipe", change.kind, "function")


def _function_replaced(change: FormulaChange) -> Iterator[Breach]:
    yield from _function(change, moved=False)


def _function_moved(change: FormulaChange) -> Iterator[Breach]:
    yield from _function(change, moved=True)


def _inputs(change: FormulaChange) -> tuple[dict[str, Pin], dict[str, Pin]]:
    """The inputs that people name; none where the recipe is another, or names them itself."""
    if not change.is_same_kind or isinstance(change.new.recipe, ModelRecipe):
        return {}, {}
    return dict(change.old.inputs), dict(change.new.inputs)


def _input_added(change: FormulaChange) -> Iterator[Breach]:
    old, new = _inputs(change)
    for name in new.keys() - old.keys():
        yield at(f"it reads {new[name]} too, as `{name}`", "recipe", change.kind, "inputs", name)


def _input_removed(change: FormulaChange) -> Iterator[Breach]:
    old, new = _inputs(change)
    for name in old.keys() - new.keys():
        yield at(f"it no longer reads {old[name]} as `{name}`", "recipe", change.kind, "inputs", name)


def _input_repinned(change: FormulaChange) -> Iterator[Breach]:
    old, new = _inputs(change)
    for name in old.keys() & new.keys():
        if old[name] != new[name]:
            keys = ("recipe", change.kind, "inputs", name)
            yield at(f"its input `{name}` was {old[name]}, and is {new[name]}", *keys)


def _inputs_reordered(change: FormulaChange) -> Iterator[Breach]:
    """Of a composite: a left join keeps the rows of its first input."""
    if change.kind == "composite" and _has_other_order(change):
        yield at("its inputs stand in another order", "recipe", "composite", "inputs")


def _inputs_listed_otherwise(change: FormulaChange) -> Iterator[Breach]:
    if change.kind == "python" and _has_other_order(change):
        yield at("its inputs stand in another order", "recipe", "python", "inputs")


def _has_other_order(change: FormulaChange) -> bool:
    old, new = _inputs(change)
    return [name for name in old if name in new] != [name for name in new if name in old]


def _of(kind: type[R], field: str, what: str) -> Callable[[FormulaChange], Iterator[Breach]]:
    """The check of one field that recipes of a kind have."""

    def check(change: FormulaChange) -> Iterator[Breach]:
        if isinstance(change.old.recipe, kind) and isinstance(change.new.recipe, kind):
            old, new = getattr(change.old.recipe, field), getattr(change.new.recipe, field)
            if old != new:
                keys = ("recipe", change.kind, field)
                yield at(f"{what} was {old}, and is {new}", *keys)

    return check


def _on(change: FormulaChange, *, reordered: bool) -> Iterator[Breach]:
    if isinstance(change.old.recipe, CompositeRecipe) and isinstance(change.new.recipe, CompositeRecipe):
        old, new = change.old.recipe.on, change.new.recipe.on
        if old != new and (set(old) == set(new)) is reordered:
            was, now = (", ".join(on) or "nothing" for on in (old, new))
            yield at(f"its rows were joined on {was}, and are on {now}", "recipe", "composite", "on")


def _joined_on(change: FormulaChange) -> Iterator[Breach]:
    yield from _on(change, reordered=False)


def _keys_listed_otherwise(change: FormulaChange) -> Iterator[Breach]:
    yield from _on(change, reordered=True)


FORMULA_RULES: tuple[Rule[FormulaChange], ...] = (
    Rule("JYN646", Level.MAJOR, _catalog),
    Rule("JYN647", Level.MINOR, _recipe),
    Rule("JYN648", Level.MINOR, _function_replaced),
    Rule("JYN649", Level.MINOR, _function_moved),
    Rule("JYN650", Level.MINOR, _input_added),
    Rule("JYN651", Level.MINOR, _input_removed),
    Rule("JYN652", Level.MINOR, _input_repinned),
    Rule("JYN653", Level.MINOR, _inputs_reordered),
    Rule("JYN654", Level.MINOR, _joined_on),
    Rule("JYN655", Level.MINOR, _of(CompositeRecipe, "how", "its kind of join")),
    Rule("JYN656", Level.MINOR, _of(ModelRecipe, "batch", "what it passes through the model")),
    Rule("JYN657", Level.MINOR, _of(ModelRecipe, "checkpoint", "the use case of its model")),
    Rule("JYN658", Level.MINOR, _of(FilesRecipe, "format", "the format of its files")),
    Rule("JYN659", Level.PATCH, _of(FilesRecipe, "url", "its source")),
    Rule("JYN660", Level.PATCH, _of(ModelRecipe, "rows", "the number of rows in a slice")),
    Rule("JYN607", Level.PATCH, _inputs_listed_otherwise),
    Rule("JYN607", Level.PATCH, _keys_listed_otherwise),
)
