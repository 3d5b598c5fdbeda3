"""What the structs of a catalog are called in Python, where each is a class."""

from __future__ import annotations

from jeyn.model.catalogs import DataCatalog
from jeyn.model.names import attribute_names, class_part
from jeyn.model.types import ITEM, Feature, Struct


def struct_names(catalog: DataCatalog) -> dict[Feature, str]:
    """Each struct, from the outside in, with the name of its class: the row's, and the attributes that lead to it."""
    row = class_part(catalog.name)
    nodes = [node for feature in catalog.features for node in feature.nodes()]
    # A field hides the class of its name from the fields after it.
    hiding = {attribute for node in nodes for attribute in attribute_names(one.name for one in node.children).values()}
    taken = {row, f"{row}Columns", f"{row}Batch", *catalog.attributes.values(), *hiding}
    found: dict[Feature, str] = {}

    def visit(features: tuple[Feature, ...], within: str) -> None:
        attributes = attribute_names(one.name for one in features)
        for one in features:
            inner = within if one.name == ITEM else within + class_part(attributes[one.name])
            if isinstance(one.type, Struct) and one not in found:
                candidate, number = inner, 2
                while candidate in taken:
                    candidate, number = f"{inner}{number}", number + 1
                taken.add(candidate)
                found[one] = inner = candidate
            visit(one.children, inner)

    visit(catalog.features, row)
    return found
