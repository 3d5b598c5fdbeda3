"""Catalogs apart from the other definitions, since a generated row needs no more of them."""

from __future__ import annotations

from jeyn.model.names import Pin, Version, attribute_names
from jeyn.model.types import Feature
from jeyn.model.values import dataclass


@dataclass(frozen=True, slots=True)
class DataCatalog:
    """The schema of an input or output."""

    name: str
    version: Version
    features: tuple[Feature, ...]
    description: str = ""

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.version.line)

    @property
    def attributes(self) -> dict[str, str]:
        """Feature name to Python attribute, in the order of the features."""
        return attribute_names(feature.name for feature in self.features)
