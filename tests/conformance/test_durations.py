"""Durations as text formats write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from jeyn.conformance.durations import duration_of, spelled, with_durations
from jeyn.conformance.misfit import Misfit

SECONDS: dict[str, float] = {
    "PT1H30M": 5400,
    "P1W": 604_800,
    "P1W1DT1S": 691_201,
    "P1DT2.5S": 86_402.5,
    "PT1,5S": 1.5,
    "PT0.123456000S": 0.123456,
    "P0D": 0,
    "-PT1S": -1,
    "+PT90M": 5400,
    "P-1DT23H59M59S": -1,
    "01:30:00": 5400,
    "1:30:00": 5400,
    "30:00:00.25": 108_000.25,
    "-1:30:00": -5400,
    "1 day, 1:30:00": 91_800,
    "2 days 00:00:01": 172_801,
    "-1 day, 23:59:59": -1,
    "-1 days +23:59:58.500000": -1.5,
    "1 day": 86_400,
    "3 days": 259_200,
    "5400": 5400,
    "-0.5": -0.5,
    "+1.5000000": 1.5,
}


@pytest.mark.parametrize("text", SECONDS)
def test_what_is_read(text: str) -> None:
    wanted = timedelta(microseconds=round(SECONDS[text] * 1e6))
    assert duration_of(pa.array([None, text])).to_pylist() == [None, wanted]


REFUSED = """ P PT P1DT -P P1Y P1M P1Y2D PT1.1234567S PT.5S PT1HM PT-1H P1H pt1h 1d 1:30 1:60:00 0.1234567 1e3 nan inf .5 5. 0x10
    9223372036855 P106751992D 999999999999999999999 \u0661 """.split()


@pytest.mark.parametrize("text", ["", " ", "PT1H ", "PT1H\n", "-1 days 02:00:00", "1 hour", *REFUSED])
def test_what_is_refused_is_told_with_its_row(text: str) -> None:
    with pytest.raises(Misfit) as refused:
        duration_of(pa.array(["PT0S", None, text, "also wrong"]))
    assert refused.value.row == 2
    assert repr(text) in refused.value.value


WRITERS: dict[str, Callable[[timedelta], str]] = {
    "python": str,
    "pydantic": lambda value: TypeAdapter(timedelta).dump_json(value).decode().strip('"'),
    "pandas in CSV": lambda value: pd.DataFrame({"d": [value]}).to_csv(index=False, header=False).strip(),
    "pandas in JSON": lambda value: pd.Timedelta(value).isoformat(),
    "polars in JSON": lambda value: pl.DataFrame({"d": [value]}).write_ndjson().strip()[6:-2],
    "polars as text": lambda value: pl.Series([value]).dt.to_string("iso")[0],
}


@pytest.mark.parametrize("writer", WRITERS)
@given(value=st.timedeltas(timedelta(-364), timedelta(364)))
def test_what_libraries_write_comes_back(writer: str, value: timedelta) -> None:
    """Up to a year, of which pydantic makes 365 days."""
    assert duration_of(pa.array([WRITERS[writer](value)])).to_pylist() == [value]


def test_seconds_are_numbers_that_are_whole_microseconds() -> None:
    kind = pa.duration("us")
    numbers = pa.array([1.5, None, 0.000001, -3, 0.1], pa.float64())
    read = with_durations(numbers, kind).to_pylist()
    assert read == [timedelta(seconds=1.5), None, timedelta(0, 0, 1), timedelta(seconds=-3), timedelta(0, 0, 100_000)]
    for wrong in (0.1 + 0.2, 1e-7, float("nan"), float("inf"), 1e13):
        with pytest.raises(Misfit) as refused:
            with_durations(pa.array([0, wrong], pa.float64()), kind)
        assert refused.value.row == 1


INNER = pa.struct([("d", pa.duration("us")), ("n", pa.int8())])


def test_durations_within_structs_and_lists() -> None:
    kind = pa.struct([("s", INNER), ("v", pa.list_(pa.list_(INNER)))])
    seen = pa.struct([("v", pa.list_(pa.list_(pa.struct([("d", pa.int64())]))))])
    readable = spelled(kind, seen)
    assert readable.field("s").type.field("d").type == pa.string()
    assert readable.field("v").type.value_type.value_type.field("d").type == pa.float64()
    rows = [
        {"s": {"d": "PT1S", "n": 1}, "v": [[], [{"d": 2, "n": 2}]]},
        None,
        {"s": None, "v": [None, [{"d": None, "n": None}, None]]},
        {"s": {"d": None, "n": 3}, "v": None},
    ]
    made = with_durations(pa.array(rows, readable), kind)
    made.validate(full=True)
    assert made.type == kind
    assert made.to_pylist() == [
        {"s": {"d": timedelta(0, 1), "n": 1}, "v": [[], [{"d": timedelta(0, 2), "n": 2}]]},
        *rows[1:],
    ]
    assert with_durations(pa.array(rows, readable).slice(2), kind).to_pylist() == rows[2:]


def test_what_is_wrong_within_is_told_with_its_way_and_its_row() -> None:
    kind = pa.list_(INNER)
    rows = [[], None, [{"d": "PT1S", "n": 1}], [], [{"d": "PT2S", "n": 2}, {"d": "later", "n": 3}], []]
    with pytest.raises(Misfit) as refused:
        with_durations(pa.array(rows, spelled(kind)), kind)
    assert (refused.value.row, refused.value.path, str(refused.value.kind)) == (4, "[].d", "duration")
