"""Catalog A includes catalog B when whatever conforms to A can be read as B."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from drawn_definitions import catalogs, constraints, features, plain_types, types, values
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jeyn.model.constraints import applicable, broken
from jeyn.model.definitions import DataCatalog
from jeyn.model.inclusion import feature_gaps, gaps, includes
from jeyn.model.names import Version
from jeyn.model.types import ITEM, Constraints, Family, Feature, FeatureType, List, Scalar, Struct, Tensor, item_of

INT, FLOAT, TEXT = Scalar("int8"), Scalar("float64"), Scalar("string")
#: Few values, so that rules that are drawn meet.
FEW: dict[Scalar, list[Any]] = {
    INT: [-128, 0, 1, 2, 127],
    FLOAT: [-math.inf, -1.0, 0.0, 1.0, math.inf],
    TEXT: ["", "a", "b", "aa", "ab", "abc"],
}
PROBES: dict[Scalar, list[Any]] = {
    INT: [-128, -127, -1, 0, 1, 2, 3, 126, 127],
    FLOAT: [*FEW[FLOAT], math.nan, 0.5, -0.5, 2.0, -2.0],
    TEXT: [*FEW[TEXT], "c", "aaa", "bbbb"],
}


def catalog(*listed: Feature) -> DataCatalog:
    return DataCatalog("c", Version(1, 0, 0), listed)


@st.composite
def few_rules(draw: st.DrawFn, kind: Scalar) -> Constraints:
    """Rules over few values; not contradictory, as lint makes sure."""
    given: dict[str, Any] = {"nullable": draw(st.booleans()), "unique": draw(st.booleans())}
    for name in ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum"):
        if name in applicable(kind) and draw(st.integers(0, 3)) == 0:
            given[name] = draw(st.sampled_from(FEW[kind]))
    for name in ("min_length", "max_length"):
        if name in applicable(kind) and draw(st.integers(0, 2)) == 0:
            given[name] = draw(st.integers(0, 3))
    if kind is TEXT and draw(st.integers(0, 2)) == 0:
        given["pattern"] = draw(st.sampled_from(["^a", "b"]))
    rules = Constraints(**given)
    kept = [value for value in FEW[kind] if not any(broken(value, kind, rules))]
    assume(kept)
    if draw(st.integers(0, 2)) == 0:
        rules = replace(rules, enum=tuple(draw(st.lists(st.sampled_from(kept), min_size=1, unique=True))))
    return rules


@st.composite
def few_features(draw: st.DrawFn, count: int, kinds: tuple[Scalar, ...] = (INT, FLOAT, TEXT)) -> list[Feature]:
    kind = draw(st.sampled_from(kinds))
    return [Feature("f", kind, draw(few_rules(kind))) for _ in range(count)]


def conforms(value: Any, feature: Feature) -> bool:
    if value is None:
        return feature.constraints.nullable
    return not any(broken(value, feature.type, feature.constraints))


@given(catalogs())
def test_reflexive(drawn: DataCatalog) -> None:
    assert list(gaps(drawn, drawn)) == []


@settings(max_examples=400, deadline=None)
@given(few_features(3))
def test_transitive(drawn: list[Feature]) -> None:
    first, second, third = map(catalog, drawn)
    if includes(first, second) and includes(second, third):
        assert includes(first, third)


@settings(max_examples=400, deadline=None)
@given(few_features(2))
def test_what_conforms_to_the_producer_conforms_to_the_consumer(drawn: list[Feature]) -> None:
    producer, consumer = drawn
    if not includes(catalog(producer), catalog(consumer)):
        return
    assert isinstance(producer.type, Scalar)
    for value in [None, *PROBES[producer.type]]:
        assert not conforms(value, producer) or conforms(value, consumer), value
    assert producer.constraints.unique or not consumer.constraints.unique


@settings(max_examples=400, deadline=None)
@given(few_features(2, (INT,)))
def test_a_gap_is_one_that_some_value_falls_into(drawn: list[Feature]) -> None:
    """Of integers all values that matter can be tried: nothing is refused that would do."""
    producer, consumer = drawn
    fits = all(not conforms(value, producer) or conforms(value, consumer) for value in [None, *PROBES[INT]])
    fits = fits and (producer.constraints.unique or not consumer.constraints.unique)
    listed_only_by_the_consumer = consumer.constraints.enum is not None and producer.constraints.enum is None
    if not listed_only_by_the_consumer:
        assert includes(catalog(producer), catalog(consumer)) == fits


@settings(deadline=None)
@given(st.data(), plain_types)
def test_random_values_of_any_type(data: st.DataObject, kind: Scalar | Tensor) -> None:
    wide = data.draw(constraints(kind))
    producer = Feature("f", kind, narrowed(data, kind, wide))
    consumer = Feature("f", kind, wide)
    assert includes(catalog(producer), catalog(consumer))
    for value in data.draw(st.lists(values(item_of(kind)), max_size=10)):
        assert not conforms(value, producer) or conforms(value, consumer)


def narrowed(data: st.DataObject, kind: FeatureType, rules: Constraints) -> Constraints:
    """Rules that allow no more, and for a part of it nothing."""
    rules = replace(rules, nullable=rules.nullable and data.draw(st.booleans()))
    if "unique" in applicable(kind):
        rules = replace(rules, unique=rules.unique or data.draw(st.booleans()))
    if not isinstance(kind, Scalar | Tensor):
        return rules
    candidates = (
        data.draw(st.lists(values(item_of(kind)), min_size=1, max_size=5)) if rules.enum is None else rules.enum
    )
    kept = tuple(value for value in candidates if not any(broken(value, kind, rules)))
    has_order = "minimum" in applicable(kind)
    if kept and has_order and rules.enum is None and data.draw(st.booleans()):
        return replace(rules, minimum=min(kept), exclusive_minimum=None, maximum=max(kept), exclusive_maximum=None)
    if kept and not (item_of(kind).family is Family.FLOAT and rules.lower(kind) is None and rules.upper(kind) is None):
        return replace(rules, enum=kept)
    return rules


@settings(deadline=None)
@given(st.data(), catalogs(), features("one more", types))
def test_more_from_the_producer_is_never_a_gap(data: st.DataObject, drawn: DataCatalog, more: Feature) -> None:
    assume(all(feature.name != more.name for feature in drawn.features))
    listed = tuple(
        replace(feature, constraints=narrowed(data, feature.type, feature.constraints)) for feature in drawn.features
    )
    producer = replace(drawn, features=data.draw(st.permutations([*listed, more])))
    assert list(gaps(producer, drawn)) == []
    assert list(gaps(drawn, producer))[-1:] != []


def rules(**given: Any) -> Constraints:
    return Constraints(**given)


def struct(**fields: FeatureType) -> Struct:
    return Struct(tuple(Feature(name, kind) for name, kind in fields.items()))


def items(kind: FeatureType, **given: Any) -> List:
    return List(Feature(ITEM, kind, rules(**given)))


CASES: list[tuple[FeatureType, Constraints, FeatureType, Constraints, list[str]]] = [
    (INT, rules(), Scalar("int16"), rules(), ["is int8, not int16"]),
    (FLOAT, rules(), Scalar("float32"), rules(), ["is float64, not float32"]),
    (Scalar("timestamp"), rules(), Scalar("timestamp", timezone="UTC"), rules(), ["is timestamp, not timestamp[UTC]"]),
    (
        Scalar("decimal", precision=5, scale=2),
        rules(),
        Scalar("decimal", precision=6, scale=2),
        rules(),
        ["is decimal(5, 2), not decimal(6, 2)"],
    ),
    (Tensor(FLOAT, (8, 8)), rules(), Tensor(FLOAT, (8, -1)), rules(), ["is float64[8, 8], not float64[8, *]"]),
    (Tensor(FLOAT, (1,)), rules(), FLOAT, rules(), ["is float64[1], not float64"]),
    (INT, rules(nullable=True), INT, rules(), ["may be null"]),
    (struct(a=INT, b=TEXT), rules(), struct(b=TEXT), rules(), []),
    (struct(b=TEXT), rules(), struct(a=INT, b=TEXT), rules(), ["has a field `a` that is missing"]),
    (struct(a=INT), rules(nullable=True), struct(a=INT), rules(), ["may be null"]),
    (struct(a=INT), rules(), struct(a=TEXT), rules(), ["has a field `a` that is int8, not string"]),
    (struct(a=INT), rules(), INT, rules(), ["is struct(a: int8), not int8"]),
    (items(INT, nullable=True), rules(), items(INT), rules(), ["has an item that may be null"]),
    (items(INT), rules(max_length=3), items(INT), rules(max_length=3, nullable=True), []),
    (items(INT), rules(), items(INT), rules(min_length=1), ["may be shorter than 1"]),
    (items(INT), rules(), Tensor(INT, (-1,)), rules(), ["is list(int8), not int8[*]"]),
    (
        items(struct(a=INT)),
        rules(),
        items(struct(a=INT, b=INT)),
        rules(),
        ["has an item that has a field `b` that is missing"],
    ),
    (INT, rules(), INT, rules(nullable=True), []),
    (INT, rules(), INT, rules(unique=True), ["need not be unique"]),
    (INT, rules(unique=True), INT, rules(), []),
    (INT, rules(), INT, rules(minimum=0), ["may be -128, below its minimum 0"]),
    (INT, rules(), INT, rules(minimum=-128, maximum=127), []),
    (INT, rules(exclusive_minimum=-1), INT, rules(minimum=0), []),
    (INT, rules(minimum=0), INT, rules(exclusive_minimum=-1), []),
    (INT, rules(minimum=1), INT, rules(minimum=0), []),
    (INT, rules(maximum=9), INT, rules(maximum=8), ["may be 9, above its maximum 8"]),
    (Scalar("uint8"), rules(), Scalar("uint8"), rules(minimum=0), []),
    (FLOAT, rules(), FLOAT, rules(minimum=0.0), ["may be anything, below its minimum 0.0"]),
    (
        FLOAT,
        rules(minimum=0.0),
        FLOAT,
        rules(exclusive_minimum=0.0),
        ["may be 0.0, not above its exclusive minimum 0.0"],
    ),
    (FLOAT, rules(exclusive_minimum=0.0), FLOAT, rules(minimum=0.0), []),
    (
        FLOAT,
        rules(maximum=1.0),
        FLOAT,
        rules(exclusive_maximum=1.0),
        ["may be 1.0, not below its exclusive maximum 1.0"],
    ),
    (FLOAT, rules(exclusive_maximum=1.0), FLOAT, rules(maximum=1.0), []),
    (FLOAT, rules(enum=(1.0,)), FLOAT, rules(minimum=0.0), ["may be NaN, which keeps no bound"]),
    (FLOAT, rules(enum=(1.0,), minimum=1.0), FLOAT, rules(minimum=0.0), []),
    (TEXT, rules(), TEXT, rules(min_length=1), ["may be shorter than 1"]),
    (TEXT, rules(), TEXT, rules(min_length=0), []),
    (TEXT, rules(min_length=2), TEXT, rules(min_length=1), []),
    (TEXT, rules(), TEXT, rules(max_length=9), ["may be longer than 9"]),
    (TEXT, rules(max_length=9), TEXT, rules(max_length=9), []),
    (TEXT, rules(), TEXT, rules(pattern="a"), ["need not match the pattern a"]),
    (TEXT, rules(pattern="ab"), TEXT, rules(pattern="a"), ["need not match the pattern a"]),
    (TEXT, rules(pattern="a"), TEXT, rules(pattern="a"), []),
    (TEXT, rules(enum=("a", "b")), TEXT, rules(pattern="a"), ["may be b, against pattern a"]),
    (TEXT, rules(enum=("a",)), TEXT, rules(enum=("a", "b"), max_length=1), []),
    (TEXT, rules(enum=("a", "b")), TEXT, rules(enum=("a",)), ["may be b, against enum a"]),
    (TEXT, rules(), TEXT, rules(enum=("a",)), ["may be other than a"]),
    (Scalar("bool"), rules(), Scalar("bool"), rules(enum=(True, False)), []),
    (Scalar("bool"), rules(), Scalar("bool"), rules(enum=(True,)), ["may be false, against enum true"]),
    (TEXT, rules(enum=("a",), nullable=True), TEXT, rules(enum=("a",)), ["may be null"]),
    (
        INT,
        rules(nullable=True),
        INT,
        rules(minimum=1, maximum=2),
        ["may be null", "may be -128, below its minimum 1", "may be 127, above its maximum 2"],
    ),
]


@pytest.mark.parametrize(("kind", "have", "wanted", "need", "expected"), CASES)
def test_cases(
    kind: FeatureType, have: Constraints, wanted: FeatureType, need: Constraints, expected: list[str]
) -> None:
    offered, asked = Feature("f", kind, have), Feature("f", wanted, need)
    assert list(feature_gaps(offered, asked)) == expected
    assert list(gaps(catalog(offered), catalog(asked))) == [("f", reason) for reason in expected]
    assert includes(catalog(offered), catalog(asked)) is not bool(expected)


def test_what_is_missing_comes_in_the_order_of_the_consumer() -> None:
    consumer = catalog(Feature("b", INT), Feature("a", INT), Feature("c", INT))
    assert list(gaps(catalog(Feature("c", TEXT)), consumer)) == [
        ("b", "is missing"),
        ("a", "is missing"),
        ("c", "is string, not int8"),
    ]


def test_wording_is_no_gap() -> None:
    worded = Feature("f", INT, Constraints(), "words", "m", ("t",), True, (1,))
    assert includes(catalog(Feature("f", INT)), catalog(worded))
    assert includes(catalog(worded), catalog(Feature("f", INT)))
