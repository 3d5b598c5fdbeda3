"""Whatever a catalog says: its module takes the rows that conform, gives them back, and names what breaks it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from conforming_rows import Broken, broken_rows, rows
from drawn_definitions import catalogs
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from thorough import many

from jeyn.errors import ConformanceError
from jeyn.model.definitions import DataCatalog
from jeyn.model.modules import batch_class
from jeyn_gen.emit.catalogs import catalog_unit

_NUMBERS = itertools.count()
TRIED = settings(
    max_examples=many(25, 3000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@contextmanager
def imported(catalog: DataCatalog) -> Iterator[type[Any]]:
    """The batch class of a module that is made now."""
    module = ModuleType(f"drawn_{next(_NUMBERS)}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(catalog_unit(catalog).text(), module.__name__, "exec", dont_inherit=True), module.__dict__)
        assert catalog == module.CATALOG
        yield getattr(module, batch_class(catalog.pin))
    finally:
        del sys.modules[module.__name__]


@TRIED
@given(st.data())
def test_rows_go_in_and_come_out(data: st.DataObject) -> None:
    """Rows → Arrow → row objects → Arrow is the same, and so is what the row objects hold."""
    catalog = data.draw(catalogs())
    given_rows = data.draw(rows(catalog))
    with imported(catalog) as batch_type:
        batch = batch_type.of(given_rows)
        table = batch.to_arrow()
        taken = list(batch)
        assert [row.model_dump(by_alias=True) for row in taken] == given_rows
        assert [batch_type.row_type.model_validate(row) for row in given_rows] == taken
        again = batch_type.of(taken)
        assert again.to_arrow().equals(table)
        assert again.digest == batch.digest
        assert batch_type.of(pa.table(table)).digest == batch.digest


@TRIED
@given(st.data())
def test_what_is_broken_in_one_place_is_refused_by_that_place(data: st.DataObject) -> None:
    catalog = data.draw(catalogs())
    given_rows, broken = data.draw(broken_rows(catalog))
    event(f"{type(broken.node.type).__name__}: {type(broken.value).__name__}")
    with imported(catalog) as batch_type:
        with pytest.raises(ConformanceError) as of_columns:
            batch_type.of(given_rows)
        assert f"  {broken.in_columns}" in str(of_columns.value)
        with pytest.raises(ValidationError) as of_row:
            batch_type.row_type.model_validate(broken.row)
        assert names_the_place(of_row.value, broken)


def names_the_place(error: ValidationError, broken: Broken) -> bool:
    """Whether an error leads to the place or into it, by pydantic's location or in the words of the row class."""
    size = len(broken.path)
    return any(
        one["loc"][:size] == broken.path or (one["loc"] == () and broken.in_rows in one["msg"])
        for one in error.errors(include_url=False)
    )
