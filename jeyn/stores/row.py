"""Base classes of generated rows and parameters."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from jeyn.model.constraints import broken
from jeyn.model.definitions import DataCatalog
from jeyn.model.names import attribute_names
from jeyn.model.types import Constraints, Family, Feature, List, Scalar, Struct, Tensor, integer_range


class Row(BaseModel):
    """One row of a catalog: strict on types, immutable, and by name of the feature or of its attribute alike.

    The annotations say most of what the catalog does; the rest (shapes, and rules that they cannot express) is
    checked from the catalog itself.
    """

    # No namespace is protected: features are named by people, and their attributes clash with nothing in here.
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())

    #: Set by the batch class of the same generated module.
    catalog_: ClassVar[DataCatalog | None] = None

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        for attribute, feature in _features(type(self)):
            _check_feature(getattr(self, attribute), feature, feature.name)
        return self


class StructRow(BaseModel):
    """A struct within a row: strict on types, immutable. Its row checks what the annotations do not say."""

    model_config = Row.model_config


class Parameters(BaseModel):
    """The parameters of a step: strict on types, immutable."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", protected_namespaces=())


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
