"""The `composite` recipe: several batches side by side, or joined on keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from jeyn.errors import StepError
from jeyn.formulas.made import Made
from jeyn.model.definitions import CompositeRecipe, DataCatalog
from jeyn.stores.batch import Batch

if TYPE_CHECKING:
    import pyarrow as pa

_ROW = "jeyn row of "


def make(recipe: CompositeRecipe, catalog: DataCatalog, inputs: Mapping[str, Batch[Any, Any]]) -> Made:
    """The catalog's features, each from the input that has it; a join counts the rows that found no partner."""
    tables = {name: inputs[name].to_arrow() for name, _ in recipe.inputs}
    if not recipe.on:
        return Made(_side_by_side(tables, catalog))
    rows = _matched(recipe, tables)
    together = rows.select([_ROW + name for name in tables]).drop_null()
    unmatched = {name: table.num_rows - _distinct(together.column(_ROW + name)) for name, table in tables.items()}
    return Made(_taken(recipe, tables, rows, catalog), lambda: {"unmatched": unmatched})


def _side_by_side(tables: Mapping[str, pa.Table], catalog: DataCatalog) -> pa.Table:
    import pyarrow as pa

    lengths = {name: table.num_rows for name, table in tables.items()}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} {rows}" for name, rows in lengths.items())
        raise StepError(f"inputs that stand side by side need equally many rows: {counts}", "join them with `on`")
    columns = {name: table.column(name) for table in tables.values() for name in table.column_names}
    names = [feature.name for feature in catalog.features]
    return pa.table({name: columns[name] for name in names})


def _matched(recipe: CompositeRecipe, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Which rows belong together: a column of row numbers per input, ordered by them.

    Arrow joins only plain columns, so keys and row numbers are joined, and the rows are taken by number afterwards.
    """
    import pyarrow as pa

    keys = list(recipe.on)
    numbered = [
        table.select(keys).append_column(_ROW + name, pa.array(range(table.num_rows), pa.int64()))
        for name, table in tables.items()
    ]
    kind = {"inner": "inner", "left": "left outer", "full": "full outer"}[recipe.how]
    joined = reduce(lambda left, right: left.join(right, keys, join_type=kind), numbered)
    return joined.sort_by([(_ROW + name, "ascending") for name in tables])


def _taken(recipe: CompositeRecipe, tables: Mapping[str, pa.Table], rows: pa.Table, catalog: DataCatalog) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for feature in catalog.features:
        if feature.name in recipe.on:
            columns[feature.name] = rows.column(feature.name)
            continue
        name = next(name for name, table in tables.items() if feature.name in table.column_names)
        columns[feature.name] = tables[name].column(feature.name).take(rows.column(_ROW + name))
    return pa.table(columns)


def _distinct(numbers: pa.ChunkedArray) -> int:
    import pyarrow.compute as pc

    count: int = pc.count_distinct(numbers, mode="only_valid").as_py()
    return count
