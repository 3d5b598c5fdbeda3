"""Reading the constraints of a feature or parameter, each checked against its type and against the others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from jeyn.model.constraints import Constraints, Value, applicable, broken, shown
from jeyn.model.types import FeatureType, Tensor, item_of
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Reader, with_article
from jeyn_gen.load.nodes import Node, SequenceNode
from jeyn_gen.load.patterns import pattern_problem
from jeyn_gen.load.values import value

BOUNDS = ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum")

_KEYS = (*BOUNDS, "nullable", "min_length", "max_length", "pattern", "enum", "unique")
_NONE = Constraints()


def constraints(fields: Fields, kind: FeatureType) -> Constraints:
    """The constraints that the keys of `fields` state for values of a type."""
    if fields.has_none(_KEYS):
        return _NONE
    item = item_of(kind)

    def of_type(reader: Reader, node: Node) -> Value:
        found = value(reader, node, item)
        if isinstance(found, float) and math.isnan(found):
            raise reader.refuse(node, "JYN114", "nothing equals NaN, or is above or below it", "write a number")
        return found

    def bound(key: str) -> Value | None:
        return fields.get(key, of_type, None) if _applies(fields, kind, key) else None

    def length(key: str) -> int | None:
        return fields.get(key, read.integer(0), None) if _applies(fields, kind, key) else None

    rules = Constraints(
        nullable=fields.get("nullable", read.boolean, False),
        minimum=bound("minimum"),
        maximum=bound("maximum"),
        exclusive_minimum=bound("exclusive_minimum"),
        exclusive_maximum=bound("exclusive_maximum"),
        min_length=length("min_length"),
        max_length=length("max_length"),
        pattern=fields.get("pattern", _pattern, None) if _applies(fields, kind, "pattern") else None,
        enum=fields.get("enum", read.list_of("`enum`", of_type, empty=False), None),
        unique=fields.get("unique", read.boolean, False) if _applies(fields, kind, "unique") else False,
    )
    for node, message in _contradictions(fields, rules, kind):
        fields.sound = False
        fields.reader.report(node, "JYN114", f"{fields.what}: {message}")
    return rules


def _applies(fields: Fields, kind: FeatureType, constraint: str) -> bool:
    if constraint in applicable(kind):
        return True
    what = "a tensor" if isinstance(kind, Tensor) else with_article(kind.dtype)
    fields.refuse_key(constraint, "JYN113", f"{fields.what}: {what} cannot have `{constraint}`")
    return False


def _contradictions(fields: Fields, rules: Constraints, kind: FeatureType) -> Iterator[tuple[Node, str]]:
    """Each with the place of the value to blame."""
    stated = [key for key in BOUNDS if getattr(rules, key) is not None]
    lower, upper = rules.lower(kind), rules.upper(kind)
    if stated and lower and upper:
        crossed: Any = lower[0]
        if crossed > upper[0] or (crossed == upper[0] and (lower[1] or upper[1])):
            low = f"{'above' if lower[1] else 'at least'} {shown(lower[0])}"
            high = f"{'below' if upper[1] else 'at most'} {shown(upper[0])}"
            yield fields.place(stated[0]), f"no value is {low} and {high}"
    if rules.min_length is not None and rules.max_length is not None and rules.min_length > rules.max_length:
        yield fields.place("min_length"), f"no length is at least {rules.min_length} and at most {rules.max_length}"
    if rules.enum is not None:
        listed = fields.place("enum")
        assert isinstance(listed, SequenceNode), "an enumeration was read from it"
        for at, (node, item) in enumerate(zip(listed.items, rules.enum, strict=True)):
            for rule in broken(item, kind, rules):
                yield node, f"{shown(item)} in `enum` breaks {rule}"
            if item in rules.enum[:at]:
                yield node, f"{shown(item)} stands twice in `enum`"


def _pattern(reader: Reader, node: Node) -> str:
    found = read.text(reader, node)
    problem = pattern_problem(found)
    if problem is not None:
        raise reader.refuse(node, "JYN115", f"this pattern cannot be used: {problem}")
    return found
