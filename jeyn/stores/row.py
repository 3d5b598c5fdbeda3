"""Base classes of generated rows and parameters."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from jeyn.model.constraints import Constraints, broken
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Tensor


class Row(BaseModel):
    """One row of a catalog: strict on types, immutable, and by name of the feature or of its attribute alike."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)

    #: Set by the batch class of the same generated module.
    catalog_: ClassVar[DataCatalog | None] = None

    @model_validator(mode="after")
    def _check_tensors(self) -> Self:
        catalog = type(self).catalog_
        if catalog is None:
            return self
        for feature in catalog.features:
            if isinstance(feature.type, Tensor):
                value = getattr(self, catalog.attributes[feature.name])
                if value is not None:
                    _check_axis(value, feature.type, 0, feature.constraints, feature.name)
        return self


class Parameters(BaseModel):
    """The parameters of a step: strict on types, immutable."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def _check_axis(value: Any, kind: Tensor, axis: int, rules: Constraints, name: str) -> None:
    wanted = kind.shape[axis]
    if wanted >= 0 and len(value) != wanted:
        raise ValueError(f"{name} has {len(value)} along axis {axis}, not {wanted}")
    for item in value:
        if axis + 1 < len(kind.shape):
            _check_axis(item, kind, axis + 1, rules, name)
        else:
            for rule in broken(item, kind, rules):
                raise ValueError(f"{name} holds {item}, which breaks {rule}")
