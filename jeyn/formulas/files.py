"""The `files` recipe: objects of one format, read one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jeyn.errors import ConformanceError
from jeyn.formulas.listing import ListedObject, local_path, recorded
from jeyn.formulas.made import Made
from jeyn.model.definitions import DataCatalog, FilesRecipe
from jeyn.model.types import Family, FeatureType, List, Scalar, Struct, Tensor

if TYPE_CHECKING:
    import pyarrow as pa


def make(recipe: FilesRecipe, catalog: DataCatalog, objects: Sequence[ListedObject], root: Path) -> Made:
    """The rows of the objects, in the order of their URLs and of the lines within."""
    content = recorded(objects, root)
    return Made(_rows(recipe, catalog, objects, root), lambda: {"objects": content})


def _rows(
    recipe: FilesRecipe, catalog: DataCatalog, objects: Sequence[ListedObject], root: Path
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    from jeyn.conformance.ingest import record_batches

    read = {"parquet": _parquet, "csv": _csv, "jsonl": _jsonl}[recipe.format]
    for one in objects:
        try:
            yield from record_batches(read(local_path(one.url, root), catalog), catalog)
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise ConformanceError(
                f"{one.url} cannot be read as {recipe.format}: {error}", "mend or remove it"
            ) from error
        except ConformanceError as error:
            raise ConformanceError(f"{one.url}: {error.message}", error.fix) from error


def _parquet(path: Path, _catalog: DataCatalog) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from file.iter_batches()


def _csv(path: Path, catalog: DataCatalog) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv

    texts = [feature for feature in catalog.features if feature.type == Scalar("string")]
    options = csv.ConvertOptions(
        column_types=_flat_schema(catalog),
        # An empty field is null where the catalog allows null, and the empty text elsewhere.
        strings_can_be_null=any(feature.constraints.nullable for feature in texts),
        quoted_strings_can_be_null=False,
        null_values=["", "NA", "N/A", "NaN", "nan", "null", "NULL"] if not texts else [""],
    )
    required = {feature.name for feature in texts if not feature.constraints.nullable}
    parsing = csv.ParseOptions(newlines_in_values=True)  # else a quoted line end between two blocks is an error
    with csv.open_csv(path, parse_options=parsing, convert_options=options) as reader:
        for part in reader:
            columns = [
                column.fill_null("") if name in required else column
                for name, column in zip(part.schema.names, part.columns, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, part.schema.names)


def _jsonl(path: Path, catalog: DataCatalog) -> Any:
    from pyarrow import json

    schema = _flat_schema(catalog)
    options = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer")
    return json.read_json(path, parse_options=options)


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
            case Scalar() if kind.family is Family.DURATION:
                return pa.string()
        return arrow_type(kind)

    return pa.schema([pa.field(feature.name, flat(feature.type)) for feature in catalog.features])
