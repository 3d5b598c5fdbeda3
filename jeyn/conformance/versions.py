"""Batches of another minor version of a catalog, as this version has them.

A minor version adds only what may be null, so either version reads the other's batches: what this one lacks is left
out, what the other one lacks is null.
"""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import arrow_type
from jeyn.conformance.buffers import from_ndarray
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Feature, FeatureType, List, Struct


def in_version(batch: pa.RecordBatch, catalog: DataCatalog) -> pa.RecordBatch:
    """The catalog's features, as far as the batch has them or they may be null."""
    arrays = {}
    for feature in catalog.features:
        place = batch.schema.get_field_index(feature.name)
        if place >= 0:
            arrays[feature.name] = _in_version(batch.column(place), feature.type)
        elif feature.constraints.nullable:
            arrays[feature.name] = _nothing(feature, batch.num_rows)
    return pa.RecordBatch.from_arrays(list(arrays.values()), list(arrays))


def _in_version(array: pa.Array, kind: FeatureType) -> pa.Array:
    if array.type == arrow_type(kind):
        return array
    mask = array.is_null() if array.null_count else None
    if isinstance(kind, Struct) and arrow_types.is_struct(array.type):
        held = {field.name: array.field(place) for place, field in enumerate(array.type)}
        fields = {
            field.name: _in_version(held[field.name], field.type) if field.name in held else _nothing(field, len(array))
            for field in kind.fields
            if field.name in held or field.constraints.nullable
        }
        return pa.StructArray.from_arrays(list(fields.values()), list(fields), mask=mask)
    if isinstance(kind, List) and arrow_types.is_list(array.type):
        offsets = from_ndarray(array.offsets.to_numpy())  # of its own: with a mask, Arrow takes no slices
        return pa.ListArray.from_arrays(offsets, _in_version(array.values, kind.item.type), mask=mask)
    return array


def _nothing(feature: Feature, rows: int) -> pa.Array:
    return pa.nulls(rows, arrow_type(feature.type))
