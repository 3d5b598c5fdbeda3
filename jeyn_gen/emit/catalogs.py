"""A catalog's module: its value, its row class, its columns and its batch."""

from __future__ import annotations

from jeyn.model import modules as names
from jeyn.model.codec import encode
from jeyn.model.definitions import DataCatalog, Feature
from jeyn.model.names import class_part
from jeyn.model.types import Family, Tensor, item_of
from jeyn_gen.emit.classes import FieldSource, pydantic_class
from jeyn_gen.emit.json_schema import catalog_schema
from jeyn_gen.emit.source import WIDTH, docstring, expression, imports, imports_of
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
    return Unit(names.path(names.CATALOGS, catalog.pin), encode(catalog), lambda: _body(catalog))


def _body(catalog: DataCatalog) -> str:
    name = class_part(catalog.name)
    attributes = catalog.attributes
    fields = {one.name: FieldSource(attributes[one.name], about=_about(one)) for one in catalog.features}
    row = pydantic_class(name, "jeyn.stores.row.Row", catalog_schema(catalog), fields, catalog.description)
    needed = imports(
        *row.imports,
        *imports_of(catalog),
        "from typing import TYPE_CHECKING",
        "from jeyn.stores.batch import Batch, Columns",
    )
    about = catalog.description or f"Rows of {catalog.pin}."
    return f'''{docstring(about)}

from __future__ import annotations

{needed}

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATALOG = {expression(catalog, room=WIDTH - 10)}


{row.source}


class {name}Columns(Columns):
    """The features of `{catalog.pin}`, each as one array whose first axis is the rows."""

{_columns(catalog)}


class {name}Batch(Batch[{name}, {name}Columns]):
    """A batch that conforms to `{catalog.pin}`."""

    catalog = CATALOG
    row_type = {name}
    columns_type = {name}Columns
'''


def _columns(catalog: DataCatalog) -> str:
    lines: list[str] = []
    attributes = catalog.attributes
    for feature in catalog.features:
        lines.append(f"    {attributes[feature.name]}: {_array(feature)}")
        if text := _about(feature):
            lines.append(docstring(text, "    "))
    return "\n".join(lines)


def _about(feature: Feature) -> str:
    """A feature in words, its unit in brackets."""
    unit = f" [{feature.unit}]" if feature.unit else ""
    return f"{feature.description.strip()}{unit}".strip()


def _array(feature: Feature) -> str:
    """The annotation of a column: masked where values may be null, objects where NumPy has no fixed width."""
    item = item_of(feature.type)
    is_ragged = isinstance(feature.type, Tensor) and not feature.type.is_fixed
    scalar = "np.object_" if is_ragged or item.family in _OBJECTS else _NUMPY.get(item.family, f"np.{item.dtype}")
    if feature.constraints.nullable:
        return f"np.ma.MaskedArray[tuple[int, ...], np.dtype[{scalar}]]"
    return f"NDArray[{scalar}]"
