"""Every rule finds what breaks it, in which rows of the stream, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from drawn_rows import WHOLE, catalog_of, table_of, tables_of
from hypothesis import given, settings
from hypothesis import strategies as st

from jeyn.conformance.checks import Checker, Violation
from jeyn.conformance.ingest import record_batches
from jeyn.conformance.report import conformance_error
from jeyn.errors import AskError, ConformanceError
from jeyn.model.codec import canonical
from jeyn.model.constraints import broken
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Constraints, FeatureType, Scalar, Tensor

NAN = float("nan")
INF = float("inf")
GRID = Tensor(Scalar("float32"), (2, 2))


def checked(values: list[Any], kind: FeatureType, rules: Constraints, rows_per_batch: int = 3) -> Checker:
    """A checker that has seen the values, as feature `x`, in batches of three rows."""
    catalog = catalog_of(x=(kind, rules))
    checker = Checker(catalog)
    for start in range(0, len(values), rows_per_batch):
        for batch in record_batches({"x": values[start : start + rows_per_batch]}, catalog):
            checker.update(batch)
    assert checker.rows == len(values)
    return checker


def instant(hour: int) -> datetime:
    return datetime(2020, 1, 1, hour, tzinfo=UTC)


BROKEN: list[tuple[FeatureType, Constraints, list[Any], str, list[tuple[int, str]]]] = [
    (Scalar("int8"), Constraints(), [1, None, 2, None], "nullable", [(1, "null"), (3, "null")]),
    (Scalar("int8"), Constraints(minimum=0), [0, 1, -1, 3, -2], "minimum 0", [(2, "-1"), (4, "-2")]),
    (Scalar("int8"), Constraints(maximum=2), [0, 1, 2, 3, 4], "maximum 2", [(3, "3"), (4, "4")]),
    (Scalar("uint64"), Constraints(maximum=2**63), [2**63, 1, 2, 2**64 - 1], "maximum 9223372036854775808",
     [(3, "18446744073709551615")]),
    (Scalar("int64"), Constraints(exclusive_minimum=2**53), [2**53 + 1, 2**53], "exclusive_minimum 9007199254740992",
     [(1, "9007199254740992")]),
    (Scalar("int8"), Constraints(exclusive_maximum=3), [0, 1, 2, 3], "exclusive_maximum 3", [(3, "3")]),
    (Scalar("int8"), Constraints(minimum=-500, maximum=5), [6, -128], "maximum 5", [(0, "6")]),
    (Scalar("float64"), Constraints(minimum=0.0), [0.0, NAN, -0.0, -0.5, INF], "minimum 0.0",
     [(1, "nan"), (3, "-0.5")]),
    (Scalar("float64"), Constraints(maximum=1.0), [1.0, 1.5, NAN, -INF], "maximum 1.0", [(1, "1.5"), (2, "nan")]),
    (Scalar("float64"), Constraints(exclusive_minimum=0.0), [NAN, 1.0, 0.0], "exclusive_minimum 0.0",
     [(0, "nan"), (2, "0.0")]),
    (Scalar("float64"), Constraints(exclusive_maximum=1.0), [0.5, NAN, INF], "exclusive_maximum 1.0",
     [(1, "nan"), (2, "inf")]),
    (Scalar("float32"), Constraints(maximum=1e300), [1.0, INF], "maximum 1e+300", [(1, "inf")]),
    (Scalar("float16"), Constraints(minimum=0.5), [0.5, 0.25, NAN], "minimum 0.5", [(1, "0.25"), (2, "nan")]),
    (Scalar("decimal", precision=5, scale=2), Constraints(minimum=Decimal("0.005")),
     [Decimal("0.01"), Decimal(0)], "minimum 0.005", [(1, "0.00")]),
    (Scalar("date"), Constraints(maximum=date(2020, 1, 1)), [date(2020, 1, 1), date(2020, 1, 2)],
     "maximum 2020-01-01", [(1, "2020-01-02")]),
    (Scalar("timestamp", timezone="Europe/Paris"), Constraints(exclusive_minimum=instant(1)), [instant(1), instant(2)],
     "exclusive_minimum 2020-01-01 01:00:00+00:00", [(0, "2020-01-01T01:00:00.000000+00:00")]),
    (Scalar("duration"), Constraints(minimum=timedelta(0)), [timedelta(0), timedelta(seconds=-1.5)],
     "minimum 0:00:00", [(1, "-PT1.5S")]),
    (Scalar("string"), Constraints(min_length=2), ["ab", "é", "日本", ""], "min_length 2", [(1, "é"), (3, "")]),
    (Scalar("string"), Constraints(max_length=2), ["ab", "éé", "abc", "日本"], "max_length 2", [(2, "abc")]),
    (Scalar("bytes"), Constraints(max_length=2), [b"ab", "日".encode()], "max_length 2", [(1, r"b'\xe6\x97\xa5'")]),
    (Scalar("bytes"), Constraints(min_length=2), [b"ab", b""], "min_length 2", [(1, "b''")]),
    (Scalar("string"), Constraints(pattern="a.c"), ["xabcx", "ac", "abc", "a"], "pattern a.c", [(1, "ac"), (3, "a")]),
    (Scalar("string"), Constraints(enum=("a", "b")), ["a", "b", "c\n"], "enum a, b", [(2, r"c\n")]),
    (Scalar("bytes"), Constraints(enum=(b"a",)), [b"a", b"b"], "enum b'a'", [(1, "b'b'")]),
    (Scalar("bool"), Constraints(enum=(True,)), [True, False], "enum true", [(1, "false")]),
    (Scalar("int8"), Constraints(enum=(1, 2)), [1, 2, 3, 1, 4], "enum 1, 2", [(2, "3"), (4, "4")]),
    (Scalar("float32"), Constraints(enum=(0.0, 0.1)), [np.float32(0.1), -0.0, NAN, 0.5], "enum 0.0, 0.1", [(3, "0.5")]),
    (Scalar("float16"), Constraints(enum=(0.5,)), [0.5, 1.0], "enum 0.5", [(1, "1.0")]),
    (Scalar("decimal", precision=5, scale=2), Constraints(enum=(Decimal("1.5"),)), [Decimal("1.50"), Decimal(1)],
     "enum 1.5", [(1, "1.00")]),
    (Scalar("date"), Constraints(enum=(date(2020, 1, 1),)), [date(2020, 1, 1), date(2020, 1, 3)],
     "enum 2020-01-01", [(1, "2020-01-03")]),
    (Scalar("duration"), Constraints(enum=(timedelta(1),)), [timedelta(1), timedelta(2)], "enum 1 day, 0:00:00",
     [(1, "PT172800S")]),
    (Scalar("int64"), Constraints(unique=True), [1, 2, 3, 2, 1, 4, 1], "unique", [(3, "2"), (4, "1"), (6, "1")]),
    (Scalar("int64"), Constraints(unique=True), [1, 2, 3, 4, 4], "unique", [(4, "4")]),
    (Scalar("float64"), Constraints(unique=True), [NAN, NAN, 0.0, 1.0, -0.0], "unique", [(4, "-0.0")]),
    (Scalar("string"), Constraints(unique=True), ["b", "a", "c", "d", "a", "b"], "unique", [(4, "a"), (5, "b")]),
    (Scalar("bytes"), Constraints(unique=True), [b"b", b"a", b"c", b"b"], "unique", [(3, "b'b'")]),
    (Scalar("bool"), Constraints(unique=True), [True, False, True], "unique", [(2, "true")]),
    (Scalar("decimal", precision=5, scale=2), Constraints(unique=True), [Decimal(1), Decimal(2), Decimal("1.0")],
     "unique", [(2, "1.00")]),
    (Scalar("date"), Constraints(unique=True), [date(2020, 1, 2), date(2020, 1, 1), date(2020, 1, 2)], "unique",
     [(2, "2020-01-02")]),
    (GRID, Constraints(minimum=0.0), [np.zeros((2, 2)), [[1, -1], [-2, 1]], [[0, 0], [0, NAN]], np.eye(2)],
     "minimum 0.0", [(1, "-1.0"), (2, "nan")]),
    (Tensor(Scalar("int8"), (-1,)), Constraints(maximum=3), [[1, 2], [], [4, 5], [1], [9]], "maximum 3",
     [(2, "4"), (4, "9")]),
    (Tensor(Scalar("int8"), (-1, 2)), Constraints(enum=(1, 2)), [[[1, 2]], [[1, 1], [3, 1]]], "enum 1, 2", [(1, "3")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rules", "values", "rule", "examples"), BROKEN, ids=str)
def test_a_broken_rule_is_found_with_its_rows(
    kind: FeatureType, rules: Constraints, values: list[Any], rule: str, examples: list[tuple[int, str]]
) -> None:
    expected = [Violation("x", rule, len(examples), tuple(examples))]
    checker = checked(values, kind, rules)
    assert checker.violations() == expected
    assert checker.is_broken == (rule != "unique")
    assert checked(values, kind, rules, rows_per_batch=100).violations() == expected


@pytest.mark.parametrize(
    ("kind", "rules", "values", "rule", "examples"), [one for one in BROKEN if one[3] != "nullable"], ids=str
)
def test_nulls_break_nothing_where_they_may_be_and_rows_still_count(
    kind: FeatureType, rules: Constraints, values: list[Any], rule: str, examples: list[tuple[int, str]]
) -> None:
    may = Constraints(**{**{name: getattr(rules, name) for name in rules.__dataclass_fields__}, "nullable": True})
    spread = [value for one in values for value in (None, one)]
    shifted = tuple((2 * row + 1, value) for row, value in examples)
    assert checked(spread, kind, may, 4).violations() == [Violation("x", rule, len(examples), shifted)]


@pytest.mark.parametrize(("kind", "rules", "values", "rule", "examples"), BROKEN, ids=str)
def test_what_keeps_the_rule_is_fine(
    kind: FeatureType, rules: Constraints, values: list[Any], rule: str, examples: list[tuple[int, str]]
) -> None:
    at_fault = {row for row, _ in examples}
    good = [value for row, value in enumerate(values) if row not in at_fault]
    checker = checked(good, kind, rules)
    assert checker.violations() == []
    assert not checker.is_broken


@given(values=st.lists(st.integers(-4, 4) | st.none()), low=st.integers(-3, 3), high=st.integers(-3, 3))
@settings(deadline=None)
def test_rules_agree_with_the_model(values: list[int | None], low: int, high: int) -> None:
    rules = Constraints(nullable=True, minimum=low, exclusive_maximum=high, enum=(-2, 0, 1, 2))
    kind = Scalar("int16")
    expected: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        for rule in broken(value, kind, rules) if value is not None else ():
            expected.setdefault(rule, []).append(row)
    found = checked(values, kind, rules).violations()
    assert {item.rule: item.count for item in found} == {rule: len(rows) for rule, rows in expected.items()}
    assert all([row for row, _ in item.examples] == expected[item.rule][:5] for item in found)


def test_only_the_first_five_examples_are_kept_and_all_rows_are_counted() -> None:
    (violation,) = checked(list(range(20)), Scalar("int8"), Constraints(maximum=3)).violations()
    assert violation == Violation("x", "maximum 3", 16, tuple((row, str(row)) for row in range(4, 9)))
    (violation,) = checked([7] * 20, Scalar("int8"), Constraints(unique=True)).violations()
    assert (violation.count, [row for row, _ in violation.examples]) == (19, [1, 2, 3, 4, 5])


def test_nan_is_fine_without_a_bound() -> None:
    assert checked([NAN, 1.0], Scalar("float64"), Constraints(unique=True, enum=(1.0,))).violations() == []


def test_violations_are_told_by_feature_and_rule_in_one_error() -> None:
    rules = Constraints(minimum=0, maximum=5)
    catalog = catalog_of(a=(Scalar("int8"), rules), b=(Scalar("string"), Constraints(pattern="^x")))
    checker = Checker(catalog)
    for batch in record_batches({"a": [-1, *range(6, 15)], "b": ["x"] * 9 + ["y"]}, catalog):
        checker.update(batch)
    error = conformance_error(catalog, checker.violations())
    assert isinstance(error, ConformanceError)
    assert error.message.splitlines() == [
        "the data does not conform to tried@1.0.0",
        "  a: minimum 0, broken in 1 row: row 0 (-1)",
        "  a: maximum 5, broken in 9 rows: row 1 (6), row 2 (7), row 3 (8), row 4 (9), row 5 (10), …",
        "  b: pattern ^x, broken in 1 row: row 9 (y)",
    ]
    assert error.fix


def test_the_profile_is_plain_json() -> None:
    catalog = catalog_of(
        n=(Scalar("int8"), Constraints(nullable=True)),
        f=Scalar("float32"),
        d=Scalar("decimal", precision=5, scale=2),
        t=Scalar("timestamp"),
        u=Scalar("duration"),
        s=Scalar("string"),
        g=GRID,
        e=(Scalar("float64"), Constraints(nullable=True)),
    )
    checker = Checker(catalog)
    for row in (1, 2):
        data = {
            "n": [row, None],
            "f": [NAN, row / 2],
            "d": [Decimal(row), Decimal("-1.5")],
            "t": [datetime(2020, 1, row)] * 2,
            "u": [timedelta(minutes=row)] * 2,
            "s": ["a", "b"],
            "g": [np.full((2, 2), NAN), [[row, -INF], [0, 0]]],
            "e": [None, NAN],
        }
        for batch in record_batches(data, catalog):
            checker.update(batch)
    assert json.loads(canonical(dict(checker.profile()))) == {
        "n": {"nulls": 2, "min": 1, "max": 2},
        "f": {"nulls": 0, "min": 0.5, "max": 1.0},
        "d": {"nulls": 0, "min": "-1.50", "max": "2.00"},
        "t": {"nulls": 0, "min": "2020-01-01T00:00:00.000000", "max": "2020-01-02T00:00:00.000000"},
        "u": {"nulls": 0, "min": "PT60S", "max": "PT120S"},
        "s": {"nulls": 0},
        "g": {"nulls": 0, "min": "-inf", "max": 2.0},
        "e": {"nulls": 2},
    }


@given(rows=tables_of(WHOLE))
@settings(max_examples=20, deadline=None)
def test_the_profile_does_not_depend_on_batches(rows: list[dict[str, Any]]) -> None:
    table = table_of(rows, WHOLE)
    assert profile_of(table.to_batches(), WHOLE) == profile_of(table.to_batches(max_chunksize=1), WHOLE)


def profile_of(batches: list[pa.RecordBatch], catalog: DataCatalog) -> object:
    checker = Checker(catalog)
    for batch in batches:
        checker.update(batch)
    assert checker.violations() == []
    return checker.profile()


def test_a_pattern_that_re2_does_not_take_is_told_at_once() -> None:
    with pytest.raises(AskError, match=r"the pattern \(\?=a\) cannot be checked"):
        Checker(catalog_of(x=(Scalar("string"), Constraints(pattern="(?=a)"))))


def test_a_batch_of_another_schema_is_a_bug() -> None:
    with pytest.raises(ValueError, match="another schema"):
        Checker(catalog_of(x=Scalar("int8"))).update(pa.record_batch({"x": [1]}))
