"""The `files` recipe: objects of one format, read one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.errors import ConformanceError
from jeyn.formulas.listing import ListedObject, check_unchanged, local_path, recorded
from jeyn.formulas.made import Made
from jeyn.formulas.text_files import csv_parts, json_parts
from jeyn.model.definitions import DataCatalog, FilesRecipe

if TYPE_CHECKING:
    import pyarrow as pa


def make(recipe: FilesRecipe, catalog: DataCatalog, objects: Sequence[ListedObject], root: Path) -> Made:
    """The rows of the objects, in the order of their URLs and of the lines within.

    Columns and fields that an object lacks and that may be null are null: it may be older than they are. StepError for
    one that changed since it was listed: its digest, taken before, might not be that of the rows.
    """
    content = recorded(objects, root)
    return Made(_rows(recipe, catalog, objects, root), lambda: {"objects": content})


def _rows(
    recipe: FilesRecipe, catalog: DataCatalog, objects: Sequence[ListedObject], root: Path
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    from jeyn.conformance.ingest import record_batches
    from jeyn.conformance.versions import with_what_may_be_null

    read = {"parquet": _parquet, "csv": csv_parts, "jsonl": json_parts}[recipe.format]
    for one in objects:
        try:
            parts = read(local_path(one.url, root), catalog)
            yield from record_batches((with_what_may_be_null(part, catalog) for part in parts), catalog)
        except (pa.ArrowException, UnicodeDecodeError) as error:
            check_unchanged(one, root)
            raise ConformanceError(
                f"{one.url} cannot be read as {recipe.format}: {error}", "mend or remove it"
            ) from error
        except ConformanceError as error:
            check_unchanged(one, root)
            raise ConformanceError(f"{one.url}: {error.message}", error.fix) from error
        check_unchanged(one, root)


def _parquet(path: Path, _catalog: DataCatalog) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from file.iter_batches()
