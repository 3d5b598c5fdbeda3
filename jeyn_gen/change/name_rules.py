"""What features are called in Python: attributes, and classes of structs, which depend on what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.definitions import DataCatalog
from jeyn.model.names import attribute_names
from jeyn.model.struct_names import struct_names
from jeyn.model.types import Feature, List, Struct
from jeyn_gen.change.levels import Level
from jeyn_gen.change.members import CatalogChange, Place
from jeyn_gen.change.rule import Breach, Rule


def _called_otherwise(change: CatalogChange) -> Iterator[Breach]:
    """A feature that has another name is none of both versions: what says that it is renamed says enough."""
    old = _names(change.old)
    for place, names in _names(change.new).items():
        known = old.get(place, {})
        moved = [
            f"its {what} was `{known[what]}`, and is `{name}`"
            for what, name in names.items()
            if name != known.get(what, name)
        ]
        if moved:
            yield place.breach("; ".join(moved))


def _names(catalog: DataCatalog) -> dict[Place, dict[str, str]]:
    """The attribute of each feature, and the class of each that is a struct, at any depth."""
    classes = struct_names(catalog)
    found: dict[Place, dict[str, str]] = {}

    def visit(features: tuple[Feature, ...], within: Place) -> None:
        attributes = attribute_names(feature.name for feature in features)
        for feature in features:
            place = within.member(feature)
            found[place] = {"attribute": attributes[feature.name]}
            visit_type(feature, place)

    def visit_type(feature: Feature, place: Place) -> None:
        match feature.type:
            case Struct(fields):
                found.setdefault(place, {})["class"] = classes[feature]
                visit(fields, place.fields)
            case List(item):
                visit_type(item, place.item)

    visit(catalog.features, Place("features", ("features",)))
    return found


NAME_RULES: tuple[Rule[CatalogChange], ...] = (Rule("JYN901", Level.MAJOR, _called_otherwise),)
