"""Hostile texts in YAML: read as they are meant in every style, or refused with a place; never read as something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hostile_corpus import CORPUS, SHORT, TEXTS, block, double_quoted, flow, single_quoted

from jeyn.model.definitions import DataCatalog, Definition
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import read_document

HEAD = "kind: DataCatalog\nname: a\nversion: 1.0.0\nfeatures: {a: {dtype: int8}}\n"
#: What no text begins with that stands without quotes, and what ends one.
INDICATORS = tuple("\"'|>&*!%@`[]{}#,?:-~")


def read(text: str) -> tuple[Definition | None, list[Finding]]:
    findings: list[Finding] = []
    return read_document("a.yaml", text, findings).definition, findings


def described(scalar: str) -> str | None:
    """The description that a document with this scalar has; None where it is refused."""
    definition, findings = read(f"{HEAD}description: {scalar}\n")
    assert (definition is None) == bool(findings)
    check_places(findings, scalar)
    return definition.description if definition else None


def check_places(findings: list[Finding], text: str) -> None:
    lines = len(re.findall("\r\n|[\n\r\x85\u2028\u2029]", text)) + 6
    for finding in findings:
        assert 1 <= finding.location.line <= lines
        assert finding.location.column >= 1
        assert finding.message.strip()
        assert finding.fix.strip()


def test_in_double_quotes_with_escapes() -> None:
    for text in TEXTS:
        assert described(double_quoted(text)) == text


def test_in_single_quotes() -> None:
    styled = [(text, scalar) for text in TEXTS if (scalar := single_quoted(text)) is not None]
    assert len(styled) > 400
    for text, scalar in styled:
        assert described(scalar) == text


def test_in_a_block() -> None:
    styled = [(text, scalar) for text in TEXTS if (scalar := block(text, "  ")) is not None]
    assert len(styled) > 400
    for text, scalar in styled:
        assert described(scalar) == text


def test_raw_in_double_quotes_it_is_the_same_or_refused() -> None:
    """All but ends of line, which YAML folds into blanks."""
    for text in TEXTS:
        if "\n" not in text and "\r" not in text:
            scalar = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
            assert described(scalar) in (text, None), ascii(text)


def test_without_quotes_it_is_the_same_or_refused() -> None:
    """All that has no meaning in YAML: indicators, comments, `key: value`; blanks at the edges are not part of it."""
    same = 0
    for text in SHORT:
        plain = text.strip(" \t")
        if (
            plain
            and not plain.startswith(INDICATORS)
            and not re.search(r"\s#|:\s|[\n\r]", plain)
            and not plain.endswith(":")
        ):
            found = described(text)
            assert found in (plain, None), ascii(text)
            same += found is not None
    assert same > 300


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("place", ["# a{}description: b", "description: a{}b", "{}", "description: 'a{} b'"])
def test_what_ends_a_line_for_some_readers_is_refused(char: str, place: str) -> None:
    """In a comment it would begin a line that nobody sees."""
    definition, findings = read(HEAD + place.format(char) + "\n")
    assert definition is None
    assert [(one.code, one.location.line, one.location.column) for one in findings] == [
        ("JYN101", 5, place.find("{") + 1)
    ]
    assert f"U+{ord(char):04X}" in findings[0].message


PIPELINE = "kind: Pipeline\nname: a\nversion: 1.0.0\n"
FORMULA = "kind: DatasetFormula\nname: a\nversion: 1.0.0\n"
CASE = "kind: MLUseCase\nname: a\nversion: 1.0.0\n"
STEP = f'{PIPELINE}steps: {{{{a: {{{{function: "a:b", %s}}}}}}}}\n'
#: Places where only some texts can stand.
RESTRICTED = {
    "kind": "kind: {}\nname: a\nversion: 1.0.0\nfeatures: {{a: {{dtype: int8}}}}\n",
    "name": "kind: DataCatalog\nname: {}\nversion: 1.0.0\nfeatures: {{a: {{dtype: int8}}}}\n",
    "version": "kind: DataCatalog\nname: a\nversion: {}\nfeatures: {{a: {{dtype: int8}}}}\n",
    "key of a document": HEAD.replace("{", "{{").replace("}", "}}") + "? {}\n: 1\n",
    "key of a feature": "kind: DataCatalog\nname: a\nversion: 1.0.0\nfeatures: {{a: {{dtype: int8, ? {} : 1}}}}\n",
    "name of a feature": "kind: DataCatalog\nname: a\nversion: 1.0.0\nfeatures: {{? {} : {{dtype: int8}}}}\n",
    "name of a field": "kind: DataCatalog\nname: a\nversion: 1.0.0\nfeatures: {{a: {{struct: {{? {} : {{dtype: int8}}}}}}}}\n",
    **{
        f"{key} of a feature": f"kind: DataCatalog\nname: a\nversion: 1.0.0\nfeatures: {{{{a: {{{{{held}}}}}}}}}\n"
        for key, held in {
            "dtype": "dtype: {}",
            "timezone": "dtype: timestamp, timezone: {}",
            "pattern": "dtype: string, pattern: {}",
            "shape": "dtype: int8, shape: [{}]",
            "minimum": "dtype: date, minimum: {}",
            "maximum": "dtype: duration, maximum: {}",
            "decimal": "dtype: decimal, precision: 9, scale: 2, examples: [{}]",
            "bytes": "dtype: bytes, enum: [{}]",
            "nullable": "dtype: int8, nullable: {}",
            "max_length": "dtype: string, max_length: {}",
        }.items()
    },
    "catalog": f"{FORMULA}catalog: {{}}\nrecipe: {{{{files: {{{{url: a.csv}}}}}}}}\n",
    "url": f"{FORMULA}catalog: a@1\nrecipe: {{{{files: {{{{url: {{}}}}}}}}}}\n",
    "format": f"{FORMULA}catalog: a@1\nrecipe: {{{{files: {{{{url: a, format: {{}}}}}}}}}}\n",
    "function of a recipe": f"{FORMULA}catalog: a@1\nrecipe: {{{{python: {{{{function: {{}}}}}}}}}}\n",
    "name of an input": f"{FORMULA}catalog: a@1\nrecipe: {{{{python: {{{{function: 'a:b', inputs: {{{{? {{}} : a@1}}}}}}}}}}}}\n",
    "how": f"{FORMULA}catalog: a@1\nrecipe: {{{{composite: {{{{inputs: {{{{a: a@1, b: b@1}}}}, on: [a], how: {{}}}}}}}}}}\n",
    "recipe": f"{FORMULA}catalog: a@1\nrecipe: {{{{? {{}} : {{{{}}}}}}}}\n",
    "serializer": f"{CASE}inputs: a@1\noutputs: a@1\nserializer: {{}}\n",
    "stage": f"{CASE}inputs: a@1\noutputs: a@1\npromoted: {{{{? {{}} : {{{{checkpoint: a#1, digest: a}}}}}}}}\n",
    "bound of a metric": f"{CASE}inputs: a@1\noutputs: a@1\nmetrics: {{{{a: {{{{minimum: {{}}}}}}}}}}\n",
    "name of a step": f"{PIPELINE}steps: {{{{? {{}} : {{{{formula: a@1}}}}}}}}\n",
    "name of a parameter": f"{PIPELINE}steps: {{{{a: {{{{formula: a@1}}}}}}}}\nparameters: {{{{? {{}} : {{{{dtype: int8}}}}}}}}\n",
    "cron": f"{PIPELINE}steps: {{{{a: {{{{formula: a@1}}}}}}}}\nschedule: {{{{cron: {{}}}}}}\n",
    "zone of a schedule": f"{PIPELINE}steps: {{{{a: {{{{formula: a@1}}}}}}}}\nschedule: {{{{cron: '@daily', timezone: {{}}}}}}\n",
    **{
        f"{key} of a step": STEP % held
        for key, held in {
            "source": "inputs: {{a: {}}}",
            "input": "inputs: {{? {} : a}}",
            "output": "outputs: {{? {} : a@1}}",
            "definition of an output": "outputs: {{a: {}}}",
            "report": "outputs: {{a: {{report: {}}}}}",
            "secret": "secrets: {{? {} : a}}",
            "secret's key": "secrets: {{a: {}}}",
            "glob": "code: [{}]",
            "parameter": "parameters: [{}]",
            "cpu": "resources: {{cpu: {}}}",
            "gpu": "resources: {{gpu: {}}}",
            "retries": "retries: {}",
            "cache": "cache: {}",
        }.items()
    },
}

#: Where what is read is not the text: a key, or a value of another type.
CONVERTED = {
    "key of a document",
    "key of a feature",
    *(f"{key} of a feature" for key in ("minimum", "maximum", "decimal", "bytes")),
}


def leaves(value: Any) -> Iterator[str]:
    """Whatever is in a definition as text, pins and sources as they are written."""
    if isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield from (str(value), type(value).__name__)
        if is_dataclass(value):
            yield from leaves(tuple(getattr(value, field.name) for field in fields(value)))


@pytest.mark.parametrize("place", RESTRICTED)
def test_where_only_some_texts_can_stand_it_is_the_same_or_refused(place: str) -> None:
    accepted = 0
    for text in SHORT:
        document = RESTRICTED[place].format(double_quoted(text))
        definition, findings = read(document)
        assert (definition is None) == bool(findings), ascii(text)
        check_places(findings, document)
        if definition is not None:
            accepted += 1
            assert place in CONVERTED or text in leaves(definition), ascii(text)
    assert accepted < len(SHORT) or place == "name of a feature"
    assert accepted or place != "name of a field"


def test_a_name_at_which_arrow_would_end_it_is_refused() -> None:
    for name in ("\0", "a\0b", "a\0"):
        for features in ({name: {"dtype": "int8"}}, {"a": {"struct": {name: {"dtype": "int8"}}}}):
            _, findings = read(flow({"kind": "DataCatalog", "name": "a", "version": "1.0.0", "features": features}))
            assert [one.code for one in findings] == ["JYN107"]
            assert "U+0000" in findings[0].message


def test_any_other_text_names_a_feature() -> None:
    features = {one.text: {"dtype": "int8"} for one in CORPUS if one.text.strip() and "\0" not in one.text}
    definition, findings = read(flow({"kind": "DataCatalog", "name": "a", "version": "1.0.0", "features": features}))
    assert findings == []
    assert isinstance(definition, DataCatalog)
    assert [feature.name for feature in definition.features] == list(features)
