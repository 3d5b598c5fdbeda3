"""Data of another minor version of a catalog, as this version has it.

A minor version adds only what may be null, so either version reads the other's data: what this one lacks is left out,
what the other one lacks is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import arrow_type
from jeyn.conformance.nested import is_list
from jeyn.conformance.rebuilt import as_lists, list_of, struct_of
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Feature, FeatureType, List, Struct


def in_version(batch: pa.RecordBatch, catalog: DataCatalog) -> pa.RecordBatch:
    """The catalog's features, as far as the batch has them or they may be null."""
    return _in_version(batch, catalog, keep=False)


def with_what_may_be_null(batch: pa.RecordBatch, catalog: DataCatalog) -> pa.RecordBatch:
    """The batch, and null for each feature or field that it lacks and that may be null.

    What the catalog does not have stays, to be refused: who wrote it may have meant something by it.
    """
    return _in_version(batch, catalog, keep=True)


def _in_version(batch: pa.RecordBatch, catalog: DataCatalog, *, keep: bool) -> pa.RecordBatch:
    names = batch.schema.names
    if len(set(names)) < len(names):  # nobody can tell which of them is meant
        return batch
    held = dict(zip(names, batch.columns, strict=True))
    arrays = _features(held, catalog.features, batch.num_rows, keep=keep)
    return pa.RecordBatch.from_arrays(list(arrays.values()), list(arrays))


def _features(
    held: Mapping[str, pa.Array], features: Iterable[Feature], rows: int, *, keep: bool
) -> dict[str, pa.Array]:
    arrays: dict[str, pa.Array] = {}
    for feature in features:
        if feature.name in held:
            arrays[feature.name] = _value(held[feature.name], feature.type, keep=keep)
        elif feature.constraints.nullable:
            arrays[feature.name] = pa.nulls(rows, arrow_type(feature.type))
    return {**held, **arrays} if keep else arrays


def _value(array: pa.Array, kind: FeatureType, *, keep: bool) -> pa.Array:
    if array.type == arrow_type(kind):
        return array
    if isinstance(kind, Struct) and arrow_types.is_struct(array.type):
        names = [field.name for field in array.type]
        if len(set(names)) < len(names):
            return array
        held = {name: array.field(place) for place, name in enumerate(names)}
        return struct_of(_features(held, kind.fields, len(array), keep=keep), array)
    if isinstance(kind, List) and isinstance(kind.item.type, Struct | List) and is_list(array.type):
        lists = as_lists(array)
        return list_of(_value(lists.values, kind.item.type, keep=keep), lists)
    return array
