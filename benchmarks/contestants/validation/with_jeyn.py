"""Seconds for Jeyn to check the rows; it makes a profile of them in the same pass."""

from __future__ import annotations

from arrow import table
from columns import CODES, ROWS, WORDS
from timing import seconds

from jeyn.conformance.checks import Checker
from jeyn.conformance.ingest import record_batches
from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Version
from jeyn.model.types import Constraints, Feature, Scalar

CATALOG = DataCatalog(
    "readings",
    Version(1, 0, 0),
    (
        Feature("count", Scalar("int32"), Constraints(minimum=0, maximum=999)),
        Feature("level", Scalar("float64"), Constraints(minimum=0.0, maximum=1.0)),
        Feature("status", Scalar("string"), Constraints(enum=tuple(WORDS))),
        Feature("signal", Scalar("float32"), Constraints(nullable=True)),
        Feature("code", Scalar("int8"), Constraints(enum=tuple(CODES))),
    ),
)
rows = table()


def check() -> None:
    checker = Checker(CATALOG)
    for batch in record_batches(rows, CATALOG):
        checker.update(batch)
    assert checker.rows == ROWS
    assert not checker.violations()


print(seconds(check, 3))
