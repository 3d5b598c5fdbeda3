"""A catalog's module: its value, its row class, its columns and its batch."""

from __future__ import annotations

from collections.abc import Mapping

from jeyn.model import modules as names
from jeyn.model.codec import digest, encode
from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Pin, attribute_names, class_part
from jeyn.model.struct_names import struct_names
from jeyn.model.types import ITEM, Family, Feature, FeatureType, Scalar, Tensor, item_of
from jeyn_gen.emit.annotations import annotation
from jeyn_gen.emit.classes import ClassSource, FieldSource, GeneratedClasses, pydantic_classes
from jeyn_gen.emit.import_lines import imports
from jeyn_gen.emit.json_schema import features_schema
from jeyn_gen.emit.layout import Part, assignment, class_line, statement
from jeyn_gen.emit.source import docstring, imports_of, part_of
from jeyn_gen.emit.units import Unit

_NUMPY = {
    Family.BOOLEAN: "np.bool_",
    Family.DATE: "np.datetime64",
    Family.TIMESTAMP: "np.datetime64",
    Family.DURATION: "np.timedelta64",
}
_OBJECTS = frozenset({Family.STRING, Family.BYTES, Family.DECIMAL})


def catalog_unit(catalog: DataCatalog) -> Unit:
    """The file of a catalog."""
    return Unit.of(names.path(names.CATALOGS, catalog.pin), encode(catalog), lambda: _body(catalog))


def held_catalog_unit(pin: Pin, form: bytes, catalogs: Mapping[Pin, DataCatalog]) -> Unit:
    """The same of a catalog whose canonical form is there, and whose value is only asked for to write the file."""
    return Unit(names.path(names.CATALOGS, pin), digest(form), lambda: _body(catalogs[pin]))


def _body(catalog: DataCatalog) -> str:
    name = class_part(catalog.name)
    row = _row_classes(name, catalog)
    needed = imports(
        *row.imports,
        *imports_of(catalog),
        "from typing import TYPE_CHECKING",
        "from jeyn.stores.batch import Batch, Columns",
    )
    columns_type = f"{name}Columns"
    return f'''{docstring(catalog.description.strip() or f"Rows of {catalog.pin}.")}

from __future__ import annotations

{needed}

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

{assignment("CATALOG", part_of(catalog))}


{row.source}


{class_line(columns_type, "Columns")}
{docstring(f"The features of `{catalog.pin}`: one array each, whose first axis is the rows.", "    ")}

{_columns(catalog)}


{class_line(f"{name}Batch", annotation(f"Batch[{name}, {columns_type}]"))}
    """A batch that conforms to `{catalog.pin}`."""

    catalog = CATALOG
{assignment("row_type", name, 4)}
{assignment("columns_type", columns_type, 4)}
'''


def _row_classes(name: str, catalog: DataCatalog) -> GeneratedClasses:
    """The row class, and before it the classes of the structs that are in it."""
    structs = struct_names(catalog)
    classes = [
        ClassSource(
            called,
            "jeyn.stores.row.StructRow",
            features_schema(one.children, structs),
            _fields(one.children),
            one.description.strip() or _what_holds(one, catalog),
        )
        for one, called in reversed(structs.items())
    ]
    about = catalog.description.strip() or f"One row of `{catalog.pin}`."
    schema, fields = features_schema(catalog.features, structs), _fields(catalog.features)
    return pydantic_classes(*classes, ClassSource(name, "jeyn.stores.row.Row", schema, fields, about))


def _what_holds(struct: Feature, catalog: DataCatalog) -> str:
    """A struct in words, where the catalog has none for it."""
    if struct.name != ITEM:
        return f"The fields of `{struct.name}`."
    nodes = (node for feature in catalog.features for node in feature.nodes())
    holder = next(node for node in nodes if struct in node.children)
    return f"The fields of one item of `{holder.name}`." if holder.name != ITEM else "The fields of one item."


def _fields(features: tuple[Feature, ...]) -> dict[str, FieldSource]:
    attributes = attribute_names(one.name for one in features)
    return {one.name: FieldSource(attributes[one.name], about=_about(one)) for one in features}


def _columns(catalog: DataCatalog) -> str:
    lines: list[str] = []
    attributes = catalog.attributes
    for feature in catalog.features:
        lines.append(statement(attributes[feature.name], _array(feature), indent=4))
        if text := _about(feature):
            lines.append(docstring(text, "    "))
    return "\n".join(lines)


def _about(feature: Feature) -> str:
    """A feature in words, its unit in brackets."""
    unit = f" [{feature.unit}]" if feature.unit else ""
    return f"{feature.description.strip()}{unit}".strip()


def _array(feature: Feature) -> Part:
    """The annotation of a column: masked where values may be null, objects where NumPy has no fixed width."""
    scalar = _numpy_type(feature.type)
    if feature.constraints.nullable:
        return annotation(f"np.ma.MaskedArray[tuple[int, ...], np.dtype[{scalar}]]")
    return annotation(f"NDArray[{scalar}]")


def _numpy_type(kind: FeatureType) -> str:
    if not isinstance(kind, Scalar | Tensor):
        return "np.object_"
    item = item_of(kind)
    is_ragged = isinstance(kind, Tensor) and not kind.is_fixed
    return "np.object_" if is_ragged or item.family in _OBJECTS else _NUMPY.get(item.family, f"np.{item.dtype}")
