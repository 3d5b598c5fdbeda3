"""Random changes: less than a major breaks nothing, and bumping puts everything in order, without touching more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from change_projects import BASE, project_of
from hypothesis import given, settings
from hypothesis import strategies as st

from jeyn.model.constraints import broken
from jeyn.model.definitions import DataCatalog
from jeyn.model.inclusion import feature_gaps
from jeyn.model.names import Version
from jeyn.model.types import Constraints, Feature, Scalar, Value
from jeyn_gen.change.bump import bump
from jeyn_gen.change.judge import judge
from jeyn_gen.change.levels import Level
from jeyn_gen.change.rules import breaches
from jeyn_gen.load.documents import Document, read_document
from jeyn_gen.load.project import resolve

PATH = "catalogs/readings.yaml"
OTHERS = tuple(document for document in project_of(BASE).documents if document.path != PATH)
KINDS = tuple(
    """
    dtype: int8
    dtype: int8, minimum: 0
    dtype: int8, exclusive_minimum: -1
    dtype: int8, exclusive_minimum: 0, maximum: 9
    dtype: int8, enum: [1, 2]
    dtype: int8, enum: [2, 1, 3]
    dtype: int16
    dtype: float32, minimum: 0.1, unit: m
    dtype: float32, minimum: 0.10000000149011612, unit: cm
    dtype: float32, exclusive_minimum: 0.1
    dtype: string, unique: true
    dtype: string, max_length: 3, description: 'version: 1.0.0'
    dtype: string, pattern: '^a'
    dtype: string, enum: [ab, ac]
    dtype: string, enum: [ac, ab], pattern: '^a', max_length: 2
    dtype: int8, enum: [1, 2], minimum: 0
    dtype: float32, enum: [0.5], minimum: 0
    dtype: bool
    dtype: bool, enum: [true]
    dtype: bool, enum: [false, true]
    dtype: timestamp, minimum: 2030-01-01T00:00:00
    dtype: timestamp, timezone: UTC, minimum: 2030-01-01T00:00:00Z
    dtype: decimal, precision: 4, scale: 2, maximum: 9.5
    dtype: float32, shape: [2, 3]
    dtype: float32, shape: [3, 2]
    dtype: float32, shape: [-1, 3], deprecated: true
    list: {dtype: int8}, max_length: 3
    list: {dtype: int8, nullable: true}, max_length: 3, min_length: 0
    struct: {a: {dtype: int8}, b: {dtype: string, nullable: true}}
    struct: {b: {dtype: string, nullable: true}, a: {dtype: int8, minimum: -128}}
    struct: {a: {dtype: int8}}
    struct: {a b: {dtype: int8}}
    struct: {a-b: {dtype: int8, nullable: true}, a b: {dtype: int8}}
    struct: {a b: {dtype: int8}, a-b: {dtype: int8, nullable: true}}
    """.replace("    ", "")
    .strip()
    .splitlines()
)
FEATURES = st.dictionaries(
    st.sampled_from(["hall", "at", "celsius", "version", "ü: #", "ü_ #"]),
    st.tuples(st.sampled_from(KINDS), st.booleans()),
    min_size=1,
)
VERSIONS = st.sampled_from(["1.0.0", "1.0.1", "1.1.0", "2.0.0", "0.9.0"])


def text(version: str, features: dict[str, tuple[str, bool]]) -> str:
    lines = [f"  '{name}': {{{kind}{', nullable: true' * null}}}  # 1.0.0" for name, (kind, null) in features.items()]
    return "\r\n".join(
        ["# readings@1", "kind: DataCatalog", "name:   readings", f'version: "{version}" # !', "", "features:", *lines]
    )


def read(version: str, features: dict[str, tuple[str, bool]]) -> Document:
    document = read_document(PATH, text(version, features), findings := [])
    assert not findings
    return document


def assert_less_than_a_major_breaks_nothing(old: Document, new: Document) -> None:
    """Code of either version reads batches of both, as inclusion, which knows nothing of the rules, tells; and what
    its features are called in Python stays.
    """
    before, after = old.definition, new.definition
    assert isinstance(before, DataCatalog)
    assert isinstance(after, DataCatalog)
    found = [rule for rule, _ in breaches(before, after, {}, {})]
    assert bool(found) == (before != after)
    if max((rule.needs for rule in found), default=Level.NONE) < Level.MAJOR:
        assert before.attributes.items() <= after.attributes.items()
        known = {feature.name: feature for feature in before.features}
        assert known.keys() <= {feature.name for feature in after.features}
        for feature in after.features:
            if feature.name not in known:
                assert feature.constraints.nullable
            else:
                gaps = [*feature_gaps(known[feature.name], feature), *feature_gaps(feature, known[feature.name])]
                assert all("is missing" in gap for gap in gaps), "what is added to a struct may be null"


def test_less_than_a_major_breaks_nothing_for_any_two_features_of_one_name() -> None:
    features = [read("1.0.0", {"x": (kind, null)}) for kind in KINDS for null in (False, True)]
    for old in features:
        for new in features:
            assert_less_than_a_major_breaks_nothing(old, new)


@settings(max_examples=150, deadline=None)
@given(FEATURES, FEATURES)
def test_less_than_a_major_breaks_nothing(old: dict[str, tuple[str, bool]], new: dict[str, tuple[str, bool]]) -> None:
    assert_less_than_a_major_breaks_nothing(read("1.0.0", old), read("1.0.0", new))


#: All values that the features below could have.
UNIVERSES: dict[str, tuple[Value, ...]] = {
    "bool": (False, True),
    "int8": tuple(range(-128, 128)),
    "string": tuple("".join(letters) for size in range(4) for letters in product("ab", repeat=size)),
}
RULES: dict[str, dict[str, Sequence[Any]]] = {
    "bool": {},
    "int8": {key: range(-2, 6) for key in ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")},
    "string": {"min_length": range(4), "max_length": range(4), "pattern": ("a", "^a", "b$")},
}


@st.composite
def pairs_of_listed_features(draw: st.DrawFn) -> tuple[Feature, Feature]:
    """Two of one dtype, each of which lists its values, among rules that these keep."""
    dtype = draw(st.sampled_from(sorted(UNIVERSES)))
    return draw(listed_features(dtype)), draw(listed_features(dtype))


@st.composite
def listed_features(draw: st.DrawFn, dtype: str) -> Feature:
    few = [value for value in UNIVERSES[dtype] if not isinstance(value, int) or 0 <= value < 4][:6]
    enum = tuple(draw(st.lists(st.sampled_from(few), min_size=1, max_size=3, unique=True)))
    rules = Constraints(enum=None if dtype == "bool" and draw(st.booleans()) else enum)
    for key, values in RULES[dtype].items():
        more = replace(rules, **{key: draw(st.sampled_from([None, *values]))})
        rules = rules if any(rule for value in enum for rule in broken(value, Scalar(dtype), more)) else more
    return Feature("x", Scalar(dtype), rules)


@settings(max_examples=300, deadline=None)
@given(pairs_of_listed_features())
def test_of_listed_values_exactly_another_set_needs_a_major(drawn: tuple[Feature, Feature]) -> None:
    accepted = [
        [value for value in UNIVERSES[str(one.type)] if not any(broken(value, Scalar(str(one.type)), one.constraints))]
        for one in drawn
    ]
    old, new = (DataCatalog("a", Version(1, 0, 0), (one,)) for one in drawn)
    found = {rule.code: rule.needs for rule, _ in breaches(old, new, {}, {})}
    if accepted[0] == accepted[1]:
        assert found == ({} if old == new else {"JYN607": Level.PATCH})
    else:
        assert set(found.values()) == {Level.MAJOR}


@settings(max_examples=100, deadline=None)
@given(FEATURES, FEATURES, VERSIONS, st.booleans())
def test_bumping_puts_everything_in_order(
    old: dict[str, tuple[str, bool]], new: dict[str, tuple[str, bool]], version: str, keep: bool
) -> None:
    before = (read("1.0.0", old), *OTHERS)
    after = (read(version, new), *OTHERS)
    bumped = bump(before, after, keep=keep)
    project = resolve(BASE, bumped.documents, [])
    judgement = judge(before, project)
    assert not judgement.is_broken
    assert not [finding for finding in project.findings if finding.code not in ("JYN303", "JYN301", "JYN502")]
    assert bump(before, bumped.documents, keep=keep).documents == bumped.documents
    given_texts = {document.path: document.text for document in (*after, *before)}
    for document in bumped.documents:
        original = text(version, new) if "readings" in document.path else given_texts[document.path]
        kept = [one.path for one in bumped.kept]
        original = before[0].text if document.path in kept else original
        assert _bare(document.text) == _bare(original)


def _bare(held: str) -> str:
    """A document without what a bump may change."""
    return re.sub(r"(?m)^(version: \"?)[0-9.]+|(?<=: )([a-z-]+@)[0-9.]+", r"\1\2", held)
