"""Plain scalars by the core schema of YAML 1.2, https://yaml.org/spec/1.2.2/#103-core-schema, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from jeyn_gen.load.documents import read_document
from jeyn_gen.load.nodes import MappingNode, ScalarNode, parse, resolved

TABLE: list[tuple[Any, list[str]]] = [
    (None, ["", "~", "null", "Null", "NULL"]),
    (True, ["true", "True", "TRUE"]),
    (False, ["false", "False", "FALSE"]),
    (0, ["0", "-0", "+0", "00", "0o0", "0x0"]),
    (7, ["7", "+7", "007", "0o7", "0x7"]),
    (-19, ["-19", "-019"]),
    (31, ["0x1F", "0x1f", "0o37"]),
    (1234567890, ["1234567890"]),
    (1.0, ["1.0", "1.", "01.0", "+1.0", "1e0", "1E0", "1.0e+0", "10e-1", "0.1e1", ".1e1"]),
    (1000.0, ["1e3", "1E3", "1.e3", "1000.0"]),
    (0.5, [".5", "+.5", "0.5", "5e-1"]),
    (-0.25, ["-.25", "-0.25"]),
    (math.inf, [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "1e999"]),
    (-math.inf, ["-.inf", "-.Inf", "-.INF", "-1e999"]),
]
TEXTS = """
    no No NO yes Yes on off y n tRUE fALSE nULL none None nan NaN inf Inf infinity .Nan -.nan +.nan
    1_000 0b11 0o8 0xG -0x1F +0o7 0X1F 0O7 1e 1e+ e3 . .. -.  +. ._1 1.2.3 1.0.0 12:30 12:30:45 190:20:30
    2030-01-31 2030-01-31T09:00:00Z 2030-01-31T09:00:00 1,000 0.1.2 - + = << \u0661\u0662 \uff11 1e\u0663 1\u0660 ½ \u066b5
""".split()


@pytest.mark.parametrize(("value", "text"), [(value, text) for value, texts in TABLE for text in texts])
def test_core_schema(value: Any, text: str) -> None:
    assert resolved(text) == value
    assert type(resolved(text)) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    assert math.isnan(resolved(text))


@pytest.mark.parametrize("text", [text for text in TEXTS if text not in ("-", "=", "<<")] + ["1 000", "0x", "0o", " 1"])
def test_everything_else_is_text(text: str) -> None:
    assert resolved(text) == text


@given(st.integers())
@example(10**99)
def test_integers(number: int) -> None:
    text = str(number)
    assert resolved(text) == (number if len(text) < 100 else float(number))
    assert resolved(f"0x{abs(number):x}"[:90]) == int(f"{abs(number):x}"[:88], 16)
    assert resolved(f"0o{abs(number):o}"[:90]) == int(f"{abs(number):o}"[:88], 8)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats(number: float) -> None:
    assert resolved(repr(number)) == number


@pytest.mark.parametrize("digits", [100, 5_000, 100_000])
def test_integers_of_any_length_are_read(digits: int) -> None:
    assert resolved("9" * digits) == (1e100 if digits == 100 else math.inf)
    assert resolved("0x" + "f" * digits) == "0x" + "f" * digits


@given(st.text(st.characters(codec="ascii")))
def test_what_pyyaml_reads_alike_is_read_alike(text: str) -> None:
    """PyYAML follows YAML 1.1. Where both give a number from plain decimal digits, they agree."""
    value = resolved(text)
    if isinstance(value, int) and not isinstance(value, bool) and not text.lstrip("+-").startswith("0"):
        assert yaml.safe_load(text) == value


@given(st.text())
@example("no")
@example("1.0")
def test_quoted_scalars_are_text(text: str) -> None:
    escaped = "".join(f"\\U{ord(char):08x}" for char in text)
    root = parse(f'a: "{escaped}"', "p", [])
    assert isinstance(root, MappingNode)
    node = root.pairs["a"][1]
    assert isinstance(node, ScalarNode)
    assert node.value == text


PARAMETERS = """
kind: Pipeline
name: tried
version: 1.0.0
parameters:
  p: {PARAMETER}
steps:
  s: {function: "a:b", parameters: []}
"""


def read(parameter: str) -> Mapping[str, Any] | list[str]:
    """The default that was read, or the codes of the findings."""
    findings: list[Any] = []
    document = read_document("pipelines/a.yaml", PARAMETERS.replace("{PARAMETER}", f"{{{parameter}}}"), findings)
    if document.definition is None:
        return [finding.code for finding in findings]
    return {"default": document.definition.parameters[0].default}  # type: ignore[union-attr]  # a pipeline


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("dtype: string, default: no", "no"),
        ("dtype: string, default: on", "on"),
        ("dtype: string, default: 1_000", "1_000"),
        ("dtype: string, default: 2030-01-31", "2030-01-31"),
        ("dtype: string, default: 1.0.0", "1.0.0"),
        ("dtype: string, default: '1e3'", "1e3"),
        ("dtype: string, default: ''", ""),
        ("dtype: int16, default: 0o17", 15),
        ("dtype: int16, default: 0x1F", 31),
        ("dtype: int16, default: -0", 0),
        ("dtype: float64, default: 3", 3.0),
        ("dtype: float64, default: 1e3", 1000.0),
        ("dtype: float64, default: -.inf", -math.inf),
        ("dtype: bool, default: TRUE", True),
        ("dtype: string, nullable: true, default: ~", None),
        ("dtype: bytes, default: 0012", b"\x00\x12"),
    ],
)
def test_defaults_by_type(parameter: str, expected: Any) -> None:
    found = read(parameter)
    assert found == {"default": expected}
    assert isinstance(found, dict)
    assert type(found["default"]) is type(expected)


@pytest.mark.parametrize(
    "parameter",
    [
        *(f"dtype: string, default: {text}" for text in ("1e3", "0o7", "0x1F", ".nan", "true", "1.0", "12", "~")),
        *(f"dtype: int16, default: {text}" for text in ("1e3", "1.0", "true", "'1'", "1_000", "~", ".inf")),
        *(f"dtype: float64, default: {text}" for text in ("'1'", "true", "nan", "~", "1e999", "-1e999")),
        *(f"dtype: bool, default: {text}" for text in ("no", "yes", "on", "1", "'true'", "~")),
        *(f"dtype: bytes, default: {text}" for text in ("0", "0x12", "'00 ff'", "zz", "~", "[1]")),
        *(f"dtype: date, default: {text}" for text in ("20300131", "2030-02-30", "2030-W05-4", "'2030-01-31 '", "~")),
        *(
            f"dtype: duration, default: {text}"
            for text in ("P", "PT", "P1DT", "1", "P1Y", "PT1.1234567S", "P\u0663D", "-P1D")
        ),
        *(f"dtype: duration, default: {text}" for text in ("P999999999DT24H", "PT999999999999999H")),
    ],
)
def test_values_of_another_type_are_never_converted(parameter: str) -> None:
    assert read(parameter) == ["JYN106"]


@pytest.mark.parametrize(
    "text",
    [
        "'2030-01-31'",
        "'20300131T090000'",
        "'2030-01-31T09:00:00.1234567'",
        "'2030-01-31T25:00:00'",
        "'2030-01-31T09:00:00+25:00'",
        "'2030-01-31T09:00:00 Z'",
        "0001-01-01T00:00:00+14:00",
    ],
)
@pytest.mark.parametrize("zone", ["", ", timezone: UTC"])
def test_moments_that_are_none(text: str, zone: str) -> None:
    assert read(f"dtype: timestamp{zone}, default: {text}") == ["JYN106"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1.00"),
        ("-1.5", "-1.50"),
        ("1.50", "1.50"),
        ("1e2", "100.00"),
        ("'12345678901234567890123456789012345.12'", "12345678901234567890123456789012345.12"),
        ("-0", "0.00"),
        ("100e-2", "1.00"),
    ],
)
def test_decimals_are_exact_and_equal_ones_are_written_alike(text: str, expected: str) -> None:
    found = read(f"dtype: decimal, precision: 37, scale: 2, default: {text}")
    assert isinstance(found, dict)
    assert str(found["default"]) == expected


@pytest.mark.parametrize(
    "text", ["1.234", "1e37", "1e-3", "1_0", "NaN", ".inf", "Infinity", "0x1F", "' 1'", "1e999", "1e-999"]
)
def test_decimals_that_cannot_be_held(text: str) -> None:
    assert read(f"dtype: decimal, precision: 37, scale: 2, default: {text}") == ["JYN106"]


@pytest.mark.parametrize(
    "version", ["1.0", "1", "01.0.0", "1.0.0-rc1", "v1.0.0", "1.0.0.0", "'1.0.0 '", "1.0.\u0660", "~", "[1]"]
)
def test_versions_that_are_none(version: str) -> None:
    findings: list[Any] = []
    read_document(
        "catalogs/a.yaml", f"kind: DataCatalog\nname: a\nversion: {version}\nfeatures: {{a: {{dtype: bool}}}}", findings
    )
    assert [(finding.code, finding.location.line, finding.location.column) for finding in findings] == [
        ("JYN108", 3, 10)
    ]


def test_the_reader_needs_no_compiled_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may be installed without libyaml; the tree is the same, only slower."""
    from jeyn_gen.load import nodes

    monkeypatch.setattr(nodes, "_Loader", yaml.SafeLoader)
    for path in sorted((Path(__file__).parent / "everything").glob("*/*.y*ml")):
        findings: list[Any] = []
        assert read_document(path.name, path.read_text(), findings).definition is not None
        assert findings == []
