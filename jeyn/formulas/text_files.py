"""CSV and JSON Lines as the types of a catalog; what Arrow's readers lack is read as something else and converted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.model.definitions import DataCatalog
from jeyn.model.types import FeatureType, List, Scalar, Struct, Tensor

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = (Scalar("string"), Scalar("bytes"))


def csv_parts(path: Path, catalog: DataCatalog) -> Iterator[pa.RecordBatch]:
    """The columns of a file with a line of names; ConformanceError for a duration that is none."""
    from pyarrow import csv

    from jeyn.conformance.durations import spelled

    parsing = csv.ParseOptions(newlines_in_values=True)  # else a quoted line end between two blocks is an error
    with csv.open_csv(path, parse_options=parsing) as reader:
        names = set(reader.schema.names)
    # Those in the file: a text that came with a later version of the catalog changes nothing in what is older.
    texts = [feature for feature in catalog.features if feature.type in _TEXTS and feature.name in names]
    schema = _flat_schema(catalog)
    options = csv.ConvertOptions(
        column_types={field.name: spelled(field.type) for field in schema},
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=["", "NA", "N/A", "NaN", "nan", "null", "NULL"] if not texts else [""],
    )
    # An empty field is null where the catalog allows null, and the empty text elsewhere.
    required = {feature.name for feature in texts if not feature.constraints.nullable}
    with csv.open_csv(path, parse_options=parsing, convert_options=options) as reader:
        for part in _with_durations(reader, schema, catalog):
            columns = [
                column.fill_null("") if name in required else column
                for name, column in zip(part.schema.names, part.columns, strict=True)
            ]
            yield _batch(columns, part.schema.names)


def json_parts(path: Path, catalog: DataCatalog) -> Iterator[pa.RecordBatch]:
    """The keys of a file with an object per line; ConformanceError for a duration that is none."""
    import pyarrow as pa
    from pyarrow import json

    from jeyn.conformance.durations import spelled

    schema, seen = _flat_schema(catalog), _durations_seen(path, catalog)
    readable = pa.schema([(field.name, spelled(field.type, seen.get(field.name))) for field in schema])
    options = json.ParseOptions(explicit_schema=readable, unexpected_field_behavior="infer")
    yield from _with_durations(json.read_json(path, parse_options=options).to_batches(), schema, catalog)


def _durations_seen(path: Path, catalog: DataCatalog) -> dict[str, pa.DataType]:
    """Of features with durations, what JSON has for them: text or numbers, which Arrow's reader must be told."""
    import pyarrow as pa
    from pyarrow import json

    from jeyn.conformance.durations import without_durations

    left = {field.name: (field.type, without_durations(field.type)) for field in _flat_schema(catalog)}
    wanted = [name for name, (whole, rest) in left.items() if whole != rest]
    if not wanted:
        return {}
    schema = pa.schema([(name, rest) for name, (_, rest) in left.items() if rest is not None])
    options = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer")
    try:
        found = json.read_json(path, parse_options=options).schema
    except pa.ArrowInvalid:  # which reading it again will tell, with the types that are meant
        return {}
    return {name: found.field(name).type for name in wanted if name in found.names}


def _with_durations(
    parts: Iterable[pa.RecordBatch], schema: pa.Schema, catalog: DataCatalog
) -> Iterator[pa.RecordBatch]:
    from jeyn.conformance.durations import with_durations
    from jeyn.conformance.misfit import Misfit
    from jeyn.conformance.report import misfit_error

    features = {feature.name: feature for feature in catalog.features}
    types = {field.name: field.type for field in schema}
    done = 0
    for part in parts:
        columns, misfits = [], []
        for name, column in zip(part.schema.names, part.columns, strict=True):
            try:
                columns.append(with_durations(column, types[name]) if name in types else column)
            except Misfit as misfit:
                misfits.append((features[name], done + misfit.row, misfit))
        if misfits:
            raise misfit_error(catalog, misfits)
        yield _batch(columns, part.schema.names)
        done += part.num_rows


def _batch(columns: list[pa.Array], names: list[str]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays(columns, names)


def _flat_schema(catalog: DataCatalog) -> pa.Schema:
    """The catalog's schema as text formats can be read: numbers that they lack are widened, tensors are lists."""
    import pyarrow as pa

    from jeyn.conformance.arrow import arrow_type

    def flat(kind: FeatureType) -> pa.DataType:
        match kind:
            case Struct(fields):
                return pa.struct([pa.field(field.name, flat(field.type)) for field in fields])
            case List(item):
                return pa.list_(flat(item.type))
            case Tensor(item, shape):
                return reduce(lambda held, _: pa.list_(held), shape, flat(item))
            case Scalar("float16"):
                return pa.float32()
        return arrow_type(kind)

    return pa.schema([pa.field(feature.name, flat(feature.type)) for feature in catalog.features])
