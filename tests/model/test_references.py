"""References: to a step's output, and to what a ledger holds."""

from __future__ import annotations

import pytest
from drawn_definitions import pins, sources
from hypothesis import given
from hypothesis import strategies as st

from jeyn.model.names import Pin
from jeyn.model.references import ByDigest, Recorded, StepOutput, parse_reference, parse_source


@given(sources)
def test_sources_round_trip(source: StepOutput | Recorded) -> None:
    assert parse_source(str(source)) == source


@given(st.one_of(pins, st.from_regex("[0-9a-f]{8,64}", fullmatch=True).map(ByDigest), sources))
def test_references_round_trip(reference: Pin | ByDigest | Recorded | StepOutput) -> None:
    if isinstance(reference, StepOutput):
        with pytest.raises(ValueError, match="not a reference"):
            parse_reference(str(reference))
    else:
        assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scale", StepOutput("scale")),
        ("scale.batch", StepOutput("scale", "batch")),
        ("scale.C_1", StepOutput("scale", "C_1")),
        ("a#1", Recorded("a", "1")),
        ("a#latest", Recorded("a", "latest")),
        ("a@2#production", Recorded("a", "production", "2")),
        ("a@0.2#7", Recorded("a", "7", "0.2")),
    ],
)
def test_sources(text: str, expected: StepOutput | Recorded) -> None:
    assert parse_source(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a@1",
        "A",
        "a.",
        ".a",
        "a.b.c",
        "a.1",
        "a#",
        "#1",
        "a#0",
        "a#01",
        "a#1.5",
        "a@#1",
        "a@0#1",
        "a b",
        "a\n",
        "a#\u0661",
        "a.é",
    ],
)
def test_what_is_no_source(text: str) -> None:
    with pytest.raises(ValueError, match="not STEP"):
        parse_source(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "sha256:abc", "sha256:ABCDEF01", "sha256:" + "a" * 65, "md5:abcdef01", "a@1.2", "a#0"]
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        parse_reference(text)


def test_numbers_are_numbers_and_stages_are_not() -> None:
    assert Recorded("a", "17").number == 17
    assert Recorded("a", "latest").number is None
    assert Recorded("a", "17", "2").pin == Pin("a", "2")
    assert Recorded("a", "17").pin is None
