"""What a feature is: its type, whether it may be null, what its values count, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.types import Scalar, Tensor, item_of
from jeyn_gen.change.levels import Level
from jeyn_gen.change.members import CatalogChange, FeatureChange, of_features
from jeyn_gen.change.rule import Rule


def _form(change: FeatureChange) -> Iterator[str]:
    if type(change.old.type) is not type(change.new.type):
        yield f"it was {change.old.type}, and is {change.new.type}"


def _items(change: FeatureChange) -> tuple[Scalar, Scalar] | None:
    """The scalars that both are made of, if both are scalars or both are tensors."""
    match change.old.type, change.new.type:
        case (Scalar() | Tensor()) as old, (Scalar() | Tensor()) as new if type(old) is type(new):
            return item_of(old), item_of(new)
    return None


def _dtype(change: FeatureChange) -> Iterator[str]:
    items = _items(change)
    if items and items[0].dtype != items[1].dtype:
        yield f"it was {items[0]}, and is {items[1]}"


def _timezone(change: FeatureChange) -> Iterator[str]:
    items = _items(change)
    if items and items[0].dtype == items[1].dtype and items[0].timezone != items[1].timezone:
        old, new = (item.timezone or "wall-clock time" for item in items)
        yield f"its times were in {old}, and are in {new}"


def _digits(change: FeatureChange) -> Iterator[str]:
    items = _items(change)
    if items and items[0].dtype == items[1].dtype == "decimal" and items[0] != items[1]:
        yield f"it was {items[0]}, and is {items[1]}"


def _shapes(change: FeatureChange) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    match change.old.type, change.new.type:
        case Tensor(_, old), Tensor(_, new) if old != new:
            return old, new
    return None


def _rank(change: FeatureChange) -> Iterator[str]:
    shapes = _shapes(change)
    if shapes and len(shapes[0]) != len(shapes[1]):
        yield f"its axes were {_axes(shapes[0])}, and are {_axes(shapes[1])}"


def _permuted(change: FeatureChange) -> Iterator[str]:
    shapes = _shapes(change)
    if shapes and sorted(shapes[0]) == sorted(shapes[1]):
        yield f"its axes were {_axes(shapes[0])}, and are {_axes(shapes[1])}: the same in another order"


def _resized(change: FeatureChange) -> Iterator[tuple[int, int, int]]:
    """The axes that changed, with their number from 1 and the length before and after; none where they are permuted."""
    shapes = _shapes(change)
    if shapes and len(shapes[0]) == len(shapes[1]) and sorted(shapes[0]) != sorted(shapes[1]):
        for number, (old, new) in enumerate(zip(*shapes, strict=True), start=1):
            if old != new:
                yield number, old, new


def _length_of_axis(change: FeatureChange) -> Iterator[str]:
    resized = [(number, old, new) for number, old, new in _resized(change) if old > 0 and new > 0]
    if resized:
        yield " and ".join(f"axis {number} was {old} long, and is {new}" for number, old, new in resized)


def _axis_freed(change: FeatureChange) -> Iterator[str]:
    freed = [f"axis {number}, which was {old} long," for number, old, new in _resized(change) if new < 0]
    if freed:
        yield f"{' and '.join(freed)} is free now"


def _axis_fixed(change: FeatureChange) -> Iterator[str]:
    fixed = [f"axis {number}, which was free, is {new} long" for number, old, new in _resized(change) if old < 0]
    if fixed:
        yield " and ".join(fixed)


def _axes(shape: tuple[int, ...]) -> str:
    return f"[{', '.join('*' if axis < 0 else str(axis) for axis in shape)}]"


def _may_be_null(change: FeatureChange) -> Iterator[str]:
    if change.new.constraints.nullable and not change.old.constraints.nullable:
        yield "it may be null now"


def _may_not_be_null(change: FeatureChange) -> Iterator[str]:
    if change.old.constraints.nullable and not change.new.constraints.nullable:
        yield "it may no longer be null"


def _unit(change: FeatureChange) -> Iterator[str]:
    if change.old.unit and change.new.unit and change.old.unit != change.new.unit:
        yield f"its unit was {change.old.unit}, and is {change.new.unit}"


def _deprecated(change: FeatureChange) -> Iterator[str]:
    if change.new.deprecated and not change.old.deprecated:
        yield "it is deprecated now"


def _undeprecated(change: FeatureChange) -> Iterator[str]:
    if change.old.deprecated and not change.new.deprecated:
        yield "it is no longer deprecated"


def _wording(change: FeatureChange) -> Iterator[str]:
    words = ("description", "tags", "examples", "renamed_from")
    changed = [f"`{word}`" for word in words if repr(getattr(change.old, word)) != repr(getattr(change.new, word))]
    if change.old.unit != change.new.unit and not (change.old.unit and change.new.unit):
        changed.append("`unit`")
    if changed and not (changed == ["`renamed_from`"] and change.new.name != change.old.name):
        yield f"{', '.join(changed)} {'are' if len(changed) > 1 else 'is'} worded otherwise"


FEATURE_RULES: tuple[Rule[CatalogChange], ...] = (
    Rule("JYN614", Level.MAJOR, of_features(_form)),
    Rule("JYN615", Level.MAJOR, of_features(_dtype, "dtype")),
    Rule("JYN616", Level.MAJOR, of_features(_rank, "shape")),
    Rule("JYN617", Level.MAJOR, of_features(_permuted, "shape")),
    Rule("JYN618", Level.MAJOR, of_features(_length_of_axis, "shape")),
    Rule("JYN619", Level.MAJOR, of_features(_axis_freed, "shape")),
    Rule("JYN620", Level.MAJOR, of_features(_axis_fixed, "shape")),
    Rule("JYN621", Level.MAJOR, of_features(_timezone, "timezone")),
    Rule("JYN622", Level.MAJOR, of_features(_digits, "precision")),
    Rule("JYN638", Level.MAJOR, of_features(_may_be_null, "nullable")),
    Rule("JYN639", Level.MAJOR, of_features(_may_not_be_null, "nullable")),
    Rule("JYN642", Level.MAJOR, of_features(_unit, "unit")),
    Rule("JYN643", Level.PATCH, of_features(_deprecated, "deprecated")),
    Rule("JYN644", Level.PATCH, of_features(_undeprecated, "deprecated")),
    Rule("JYN645", Level.PATCH, of_features(_wording)),
)
