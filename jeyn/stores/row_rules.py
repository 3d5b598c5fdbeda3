"""What a catalog says of a row beyond its annotations: shapes, and rules that they cannot express."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jeyn.model.constraints import broken
from jeyn.model.names import attribute_names
from jeyn.model.types import Constraints, Family, Feature, List, Scalar, Struct, Tensor, integer_range

if TYPE_CHECKING:
    from jeyn.stores.row import Row


def check_row(row: Row) -> None:
    """ValueError for the first rule that a row breaks, with the path to the value."""
    for attribute, feature in _features(type(row)):
        _check_feature(getattr(row, attribute), feature, feature.name)


@cache
def _features(row: type[Row]) -> tuple[tuple[str, Feature], ...]:
    """The features of a row class by attribute."""
    catalog = row.catalog_
    if catalog is None:
        return ()
    attributes = catalog.attributes
    return tuple((attributes[feature.name], feature) for feature in catalog.features)


def _check_feature(value: Any, feature: Feature, path: str) -> None:
    """Check a value and all that is in it; ValueError for the first broken rule, with the path to it."""
    if value is None:
        return
    match feature.type:
        case Struct(fields):
            attributes = attribute_names(field.name for field in fields)
            for field in fields:
                _check_feature(getattr(value, attributes[field.name]), field, f"{path}.{field.name}")
        case List(item):
            for place, held in enumerate(value):
                _check_feature(held, item, f"{path}[{place}]")
        case Tensor():
            _check_axis(value, feature.type, 0, feature.constraints, path)
        case Scalar():
            _check(value, feature.type, feature.constraints, f"{path} is")


def _check_axis(value: Any, kind: Tensor, axis: int, rules: Constraints, name: str) -> None:
    wanted = kind.shape[axis]
    if wanted >= 0 and len(value) != wanted:
        raise ValueError(f"{name} has {len(value)} along axis {axis}, not {wanted}")
    for item in value:
        if axis + 1 < len(kind.shape):
            _check_axis(item, kind, axis + 1, rules, name)
        else:
            _check(item, kind.item, rules, f"{name} holds")


def _check(value: Any, kind: Scalar, rules: Constraints, what: str) -> None:
    if kind.family is Family.INTEGER:
        low, high = integer_range(kind.dtype)
        if not low <= value <= high:
            raise ValueError(f"{what} {value}, which is no {kind.dtype}")
    for rule in broken(value, kind, rules):
        raise ValueError(f"{what} {value}, which breaks {rule}")
