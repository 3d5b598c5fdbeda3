"""What the values of a feature or a parameter must satisfy."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import StringConstraints, TypeAdapter

from jeyn.model.constraints import accepted_values, applicable, broken, shown, stored
from jeyn.model.types import DTYPES, Constraints, FeatureType, Scalar, Struct, Tensor, integer_range, item_of
from jeyn_gen.load.patterns import pattern_problem

INT, FLOAT, SINGLE, HALF, TEXT = (Scalar(name) for name in ("int8", "float64", "float32", "float16", "string"))


def told(value: Any, kind: FeatureType, **rules: Any) -> list[str]:
    return list(broken(value, kind, Constraints(**rules)))


@pytest.mark.parametrize(
    ("value", "kind", "rules", "expected"),
    [
        (0, INT, {"minimum": 0}, []),
        (-1, INT, {"minimum": 0}, ["minimum 0"]),
        (0, INT, {"exclusive_minimum": 0}, ["exclusive_minimum 0"]),
        (9, INT, {"maximum": 9}, []),
        (10, INT, {"maximum": 9}, ["maximum 9"]),
        (9, INT, {"exclusive_maximum": 9}, ["exclusive_maximum 9"]),
        (5, INT, {"enum": (1, 2)}, ["enum 1, 2"]),
        (-1, INT, {"minimum": 0, "enum": (1,)}, ["minimum 0", "enum 1"]),
        (0.1, SINGLE, {"maximum": 0.1}, []),
        (0.10000000149011612, SINGLE, {"maximum": 0.1}, []),
        (0.10000000149011612, FLOAT, {"maximum": 0.1}, ["maximum 0.1"]),
        (0.0999755859375, HALF, {"minimum": 0.1, "enum": (0.1,)}, []),
        (0.2, HALF, {"enum": (0.1,)}, ["enum 0.1"]),
        (1e300, SINGLE, {"maximum": 1e301}, []),
        (math.inf, FLOAT, {"maximum": 1.0}, ["maximum 1.0"]),
        (math.nan, FLOAT, {}, []),
        (math.nan, FLOAT, {"enum": (1.0,)}, []),
        (math.nan, FLOAT, {"minimum": -math.inf}, ["a bound, which NaN never keeps"]),
        (math.nan, Tensor(FLOAT, (2,)), {"maximum": 1.0}, ["a bound, which NaN never keeps"]),
        ("", TEXT, {"min_length": 1}, ["min_length 1"]),
        ("😀😀", TEXT, {"max_length": 2}, []),
        ("abc", TEXT, {"max_length": 2, "pattern": "^b"}, ["max_length 2", "pattern ^b"]),
        ("xaby", TEXT, {"pattern": "ab"}, []),
        ("a\n", TEXT, {"pattern": "^a$"}, ["pattern ^a$"]),
        ("a$", TEXT, {"pattern": r"^a\$$"}, []),
        ("a$", TEXT, {"pattern": "^a[$]"}, []),
        ("\u0661", TEXT, {"pattern": r"\d"}, [r"pattern \d"]),
        (b"abc", Scalar("bytes"), {"max_length": 2, "enum": (b"\0",)}, ["max_length 2", "enum b'\\x00'"]),
        (date(2030, 1, 31), Scalar("date"), {"minimum": date(2031, 1, 1)}, ["minimum 2031-01-01"]),
        (
            datetime(2030, 1, 31, tzinfo=UTC),
            Scalar("timestamp", timezone="UTC"),
            {"maximum": datetime(2029, 1, 1, tzinfo=UTC)},
            ["maximum 2029-01-01 00:00:00+00:00"],
        ),
        (timedelta(1), Scalar("duration"), {"maximum": timedelta(0)}, ["maximum 0:00:00"]),
        (Decimal("1.5"), Scalar("decimal", precision=3, scale=1), {"enum": (Decimal("1.50"),)}, []),
        (True, Scalar("bool"), {"enum": (False,)}, ["enum false"]),
    ],
)
def test_what_is_broken(value: Any, kind: FeatureType, rules: dict[str, Any], expected: list[str]) -> None:
    assert told(value, kind, **rules) == expected


@pytest.mark.parametrize(
    ("kind", "rules", "lower", "upper"),
    [
        (INT, {}, (-128, False), (127, False)),
        (INT, {"minimum": 3, "exclusive_minimum": 3, "exclusive_maximum": 9}, (4, False), (8, False)),
        (Tensor(INT, (2,)), {"minimum": 3}, (3, False), (127, False)),
        (FLOAT, {}, None, None),
        (FLOAT, {"minimum": 1.0, "exclusive_minimum": 1.0}, (1.0, True), None),
        (FLOAT, {"minimum": 2.0, "exclusive_minimum": 1.0}, (2.0, False), None),
        (FLOAT, {"maximum": 1.0, "exclusive_maximum": 1.0}, None, (1.0, True)),
        (FLOAT, {"maximum": 1.0, "exclusive_maximum": 2.0}, None, (1.0, False)),
        (TEXT, {}, None, None),
    ],
)
def test_tightest_bounds(kind: FeatureType, rules: dict[str, Any], lower: Any, upper: Any) -> None:
    assert Constraints(**rules).lower(kind) == lower
    assert Constraints(**rules).upper(kind) == upper


@pytest.mark.parametrize("dtype", DTYPES)
def test_constraints_that_make_sense(dtype: str) -> None:
    names = applicable(Scalar(dtype, precision=1))
    assert names <= set(Constraints.__dataclass_fields__)
    assert {"nullable", "enum", "unique"} <= names
    assert ("pattern" in names) == (dtype == "string")
    assert ("min_length" in names) == (dtype in {"string", "bytes"})
    assert ("minimum" in names) == (dtype not in {"string", "bytes", "bool"})
    assert not {"unique", "pattern", "min_length"} & applicable(Tensor(Scalar(dtype), (1,)))


def test_types_as_text() -> None:
    kinds = [INT, Scalar("timestamp", timezone="UTC"), Scalar("decimal", precision=5, scale=2), Tensor(INT, (2, -1))]
    assert list(map(str, kinds)) == ["int8", "timestamp[UTC]", "decimal(5, 2)", "int8[2, *]"]
    assert [integer_range(name) for name in ("int8", "uint16", "int64")] == [
        (-128, 127),
        (0, 65535),
        (-(2**63), 2**63 - 1),
    ]
    assert Tensor(INT, (2, 3)).size == 6
    assert (Tensor(INT, (2, 3)).is_fixed, Tensor(INT, (2, -1)).is_fixed) == (True, False)
    assert (item_of(INT), item_of(Tensor(FLOAT, (1,)))) == (INT, FLOAT)
    assert (shown(b"a"), shown(1.5), shown("a"), shown(True)) == ("b'a'", "1.5", "a", "true")


@pytest.mark.parametrize(
    ("kind", "rules", "expected"),
    [
        (INT, {}, None),
        (INT, {"minimum": 1, "maximum": 2}, None),
        (INT, {"enum": (1, 2, 3), "exclusive_maximum": 3}, {1, 2}),
        (Tensor(INT, (2,)), {"enum": (1,)}, {1}),
        (TEXT, {"enum": ("ab", "b", "abc"), "pattern": "^a", "max_length": 2}, {"ab"}),
        (SINGLE, {"enum": (0.1, 0.10000000149011612), "minimum": 0.0}, {0.10000000149011612}),
        (FLOAT, {"enum": (1.0,)}, {1.0, math.nan}),
        (Scalar("bool"), {}, {True, False}),
        (Scalar("bool"), {"enum": (True,)}, {True}),
        (Tensor(Scalar("bool"), (2,)), {"nullable": True}, {True, False}),
        (Struct(()), {}, None),
    ],
)
def test_values_that_are_accepted(kind: FeatureType, rules: dict[str, Any], expected: Any) -> None:
    assert accepted_values(kind, Constraints(**rules)) == expected


@given(st.floats(allow_nan=False), st.sampled_from(["float16", "float32", "float64"]))
def test_stored_floats_are_those_of_numpy(value: float, dtype: str) -> None:
    import numpy as np

    with np.errstate(over="ignore"):
        rounded = float(np.dtype(dtype).type(value))
    found = stored(value, Scalar(dtype))
    assert found == (value if math.isinf(rounded) else rounded)
    assert stored(found, Scalar(dtype)) == found
    assert (stored(3, SINGLE), stored("a", TEXT)) == (3, "a")


PIECES = st.sampled_from(
    [
        *"ab1 .-",
        "[ab]",
        "[^a]",
        "[a-c1]",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\.",
        r"\$",
        r"\x41",
        r"[\d.]",
        r"\b",
        "^",
        "$",
        "(a|b)",
        "(?:a1)",
        "(?P<n>b)",
        "(?i:A)",
        "|",
    ]
)
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{0,3}?", "{2,}"])


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(PIECES, REPEATS), min_size=1, max_size=5),
    st.lists(st.text("aAb1 .-$\n", max_size=6), min_size=1, max_size=5),
)
def test_patterns_mean_the_same_to_every_engine(pieces: list[tuple[str, str]], texts: list[str]) -> None:
    """Python's re, RE2 over columns, and Rust in row classes; where lint allows a pattern."""
    pattern = "".join(piece + (repeat if piece not in ("^", "$", "|", r"\b") else "") for piece, repeat in pieces)
    assume(pattern_problem(pattern) is None)
    python = [not told(text, TEXT, pattern=pattern) for text in texts]
    assert pc.match_substring_regex(pa.array(texts), pattern).to_pylist() == python
    rust = TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
    assert [_holds(rust, text) for text in texts] == python


def _holds(adapter: TypeAdapter[str], text: str) -> bool:
    from pydantic import ValidationError

    try:
        return adapter.validate_python(text) == text
    except ValidationError:
        return False


@given(st.text(st.sampled_from("ab[](){}*+?|^$\\.-,:=!<>P#1dwZ&~"), max_size=8))
def test_a_pattern_that_lint_allows_compiles_everywhere(pattern: str) -> None:
    if pattern_problem(pattern) is None:
        re.compile(pattern)
        pc.match_substring_regex(pa.array([""]), pattern)
        TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<=a)b",
        r"(?<!a)b",
        "(?=a)",
        "(?!a)",
        r"(a)\1",
        "(?P<n>a)(?P=n)",
        "(?>a)",
        "(?(1)a|b)",
        "(?#x)",
        "(?x)a",
        "(?a)a",
        "(?m)^a",
        "(?<n>a)",
        "a++",
        "a*+",
        "a?+",
        "a{2}+",
        "a{,3}",
        "a{1001}",
        "a{" + "9" * 5000 + "}",
        "a{",
        "{a}",
        "x}",
        "a]",
        "[]a]",
        "[[a]",
        "[a&&b]",
        "[a--b]",
        "[a||b]",
        "[a~~b]",
        r"\Z",
        r"\z",
        r"\u00e9",
        r"\N{DASH}",
        r"\p{L}",
        r"[\b]",
        r"[\B]",
        r"\0",
        r"\12",
        r"\q",
        "(",
        "a)",
        "*a",
        "[z-a]",
        "[",
        "\\",
        "(?",
        "(?P",
        "a**",
        "a{2,1}",
        "(?P<a>x)(?P<a>y)",
        "(" * 5000,
        r"[\q]",
        r"\x4",
    ],
)
def test_patterns_that_lint_refuses(pattern: str) -> None:
    assert pattern_problem(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["", "a", "^[a-z]+-[0-9]+$", "[0-9*+]+", r"\++", r"[\]\[]", "(?i)a", "(?is:a)", "(?-i:a)", r"\\1", "é+", "a|b|"],
)
def test_patterns_that_lint_allows(pattern: str) -> None:
    assert pattern_problem(pattern) is None
