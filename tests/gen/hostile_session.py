"""Run in a project: imports what is generated of it, compares it with what its documents say, and passes rows through.

A process of its own, since whatever a text could do, it would do here. Nothing may be started, sent or removed.
"""

from __future__ import annotations

import importlib
import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Pin
from jeyn_gen.load.project import load_project

_FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "subprocess.", "socket.", "shutil.")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise SystemExit(f"{event}: {arguments!r}")


def module(package: str, pin: Pin) -> ModuleType:
    return importlib.import_module(f"generated.{package}.{pin.module}")


def check_definitions() -> int:
    """Every generated value is what the documents say; how many there are."""
    project = load_project(Path.cwd())  # by several processes
    sys.addaudithook(_watch)
    found = project.definitions
    for package, name, values in (
        ("catalogs", "CATALOG", found.catalogs),
        ("formulas", "FORMULA", found.formulas),
        ("use_cases", "USE_CASE", found.use_cases),
        ("pipelines", "PLAN", project.plans),
    ):
        for pin, value in values.items():
            assert getattr(module(package, pin), name) == value, pin
    for pin, plan in project.plans.items():
        parameters = module("pipelines", pin).SParameters()
        assert [getattr(parameters, one.name) for one in plan.parameters] == [one.default for one in plan.parameters]
    for pin, catalog in found.catalogs.items():
        check_rows(module("catalogs", pin), catalog)
    return sum(map(len, (found.catalogs, found.formulas, found.use_cases, project.plans)))


def check_rows(made: ModuleType, catalog: DataCatalog) -> None:
    """Rows go in and come out by the names of the features, by way of Arrow and of a file."""
    batch_type = next(
        held for name, held in vars(made).items() if name.endswith("Batch") and held.__module__ == made.__name__
    )
    row = good_row(catalog)
    taken = batch_type.row_type.model_validate(row)
    assert taken.model_dump(by_alias=True) == row
    by_attribute = {catalog.attributes[name]: value for name, value in row.items()}
    assert batch_type.row_type.model_validate(by_attribute) == taken
    batch = batch_type.of([row, taken])
    table = batch.to_arrow()
    assert table.column_names == [feature.name for feature in catalog.features]
    assert list(batch) == [taken, taken]
    for name, attribute in catalog.attributes.items():
        columns = batch.columns
        assert getattr(columns, attribute) is columns[name], (name, attribute)
    read = through_a_file(table)
    assert read.schema.equals(table.schema)
    assert batch_type.of(read).digest == batch.digest
    assert batch_type.of(batch.to_pandas()).digest == batch.digest
    assert batch_type.of(batch.to_polars()).digest == batch.digest
    check_wrong_rows(batch_type.row_type, catalog, row)


def check_wrong_rows(row_type: Any, catalog: DataCatalog, row: dict[str, Any]) -> None:
    """No other value is taken for that of a feature, nor a feature more or less."""
    for feature in catalog.features:
        value = row[feature.name]
        wrong = f"{value}\n" if isinstance(value, str) else 1.5
        places = wrong_places(row_type, {**row, feature.name: wrong})
        assert places, f"{feature.name!r} takes {wrong!r}"
        assert places <= {(feature.name,), (catalog.attributes[feature.name],), ()}
    first = catalog.features[0].name
    assert wrong_places(row_type, {**row, "one more": ""}) == {("one more",)}
    assert wrong_places(row_type, {name: value for name, value in row.items() if name != first}) == {(first,)}


def wrong_places(row_type: Any, row: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Where a row class finds mistakes; () where only the whole row tells."""
    try:
        row_type.model_validate(row)
    except ValidationError as error:
        return {problem["loc"][:1] for problem in error.errors()}
    return set()


def good_row(catalog: DataCatalog) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for feature in catalog.features:
        if feature.children:
            (item,) = feature.children
            row[feature.name] = [{field.name: field.examples[0] for field in item.children}]
        else:
            row[feature.name] = feature.examples[0] if feature.examples else 7
    return row


def through_a_file(table: pa.Table) -> pa.Table:
    held = io.BytesIO()
    pq.write_table(table, held)
    held.seek(0)
    return pq.read_table(held)


if __name__ == "__main__":
    print(check_definitions())
