"""Feature types as Arrow types, and catalogs as Arrow schemas.

A tensor is one of the two canonical extension types (https://arrow.apache.org/docs/format/CanonicalExtensions.html):
`arrow.fixed_shape_tensor` over a FixedSizeList, or, with a free axis, `arrow.variable_shape_tensor` over
`struct<data: list<item>, shape: fixed_size_list<int32>[axes]>`. No pyarrow has a class for the latter: from the
release whose C++ library knows it, its arrays are plain `pa.ExtensionArray`; before, they are structs whose field
carries the extension's name. `storage` reads both.

Structs are structs, with their fields in the document's order, and lists are lists.
"""

from __future__ import annotations

import json

import pyarrow as pa

from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Family, Feature, FeatureType, List, Scalar, Struct, Tensor

#: The unit of timestamps and durations.
UNIT = "us"


def arrow_schema(catalog: DataCatalog) -> pa.Schema:
    """One field per feature, in the catalog's order and under the feature's name."""
    return pa.schema([_field(feature.name, feature.type, feature.constraints.nullable) for feature in catalog.features])


def arrow_type(kind: FeatureType) -> pa.DataType:
    """The Arrow type whose arrays hold a feature of this type."""
    if isinstance(kind, Scalar):
        return _scalar(kind)
    if isinstance(kind, Struct):
        return pa.struct([_inner(field) for field in kind.fields])
    if isinstance(kind, List):
        return pa.list_(_inner(kind.item))
    if kind.is_fixed:
        return pa.fixed_shape_tensor(_scalar(kind.item), list(kind.shape))
    return _field("tensor", kind, nullable=True).type


def wrap(array: pa.Array, kind: FeatureType) -> pa.Array:
    """The array of `arrow_type(kind)` over storage; what has that type already stays as it is."""
    wanted = arrow_type(kind)
    return pa.ExtensionArray.from_storage(wanted, array) if isinstance(wanted, pa.BaseExtensionType) else array


def storage(array: pa.Array) -> pa.Array:
    """The array below an extension type, or the array itself."""
    return array.storage if isinstance(array.type, pa.BaseExtensionType) else array


def one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array; copied only if it has several chunks."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    chunks = column.chunks
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks) if chunks else pa.nulls(0, column.type)


def _inner(feature: Feature) -> pa.Field:
    """A field of a struct or the item of a list, which Arrow may always find null.

    Below a struct that is null there is nothing else, and Parquet's writer and reader refuse or fail on what must be
    there within something that is not. Whether it may really be null is checked from the catalog.
    """
    return _field(feature.name, feature.type, nullable=True)


def _field(name: str, kind: FeatureType, nullable: bool) -> pa.Field:
    if not isinstance(kind, Tensor) or kind.is_fixed:
        return pa.field(name, arrow_type(kind), nullable)
    held = pa.struct(
        [
            pa.field("data", pa.list_(_scalar(kind.item))),
            pa.field("shape", pa.list_(pa.int32(), len(kind.shape))),
        ]
    )
    uniform = {"uniform_shape": [None if axis < 0 else axis for axis in kind.shape]}
    metadata = {
        "ARROW:extension:name": "arrow.variable_shape_tensor",
        "ARROW:extension:metadata": json.dumps(uniform if any(axis >= 0 for axis in kind.shape) else {}),
    }
    described = pa.schema([pa.field(name, held, nullable, metadata=metadata)])
    # Through IPC, as every reader of a file gets it: an extension type where this pyarrow knows it.
    return pa.ipc.read_schema(described.serialize()).field(0)


def _scalar(kind: Scalar) -> pa.DataType:
    match kind.family:
        case Family.BOOLEAN:
            return pa.bool_()
        case Family.STRING:
            return pa.string()
        case Family.BYTES:
            return pa.binary()
        case Family.DATE:
            return pa.date32()
        case Family.TIMESTAMP:
            return pa.timestamp(UNIT, kind.timezone or None)
        case Family.DURATION:
            return pa.duration(UNIT)
        case Family.DECIMAL:
            wide = kind.precision > 38
            return (pa.decimal256 if wide else pa.decimal128)(kind.precision, kind.scale)
        case Family.INTEGER | Family.FLOAT:
            return pa.type_for_alias(kind.dtype)
