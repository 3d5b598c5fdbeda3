"""Reading the constraints of a feature or parameter, each checked against its type and against the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from jeyn.model.constraints import applicable, broken, shown
from jeyn.model.types import Constraints, FeatureType, Scalar, Tensor, Value, item_of
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Read, Reader, with_article
from jeyn_gen.load.nodes import Node, SequenceNode
from jeyn_gen.load.patterns import pattern_problem
from jeyn_gen.load.values import value

BOUNDS = ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum")

_NONE = Constraints()


def constraints(fields: Fields, kind: FeatureType) -> Constraints:
    """The constraints that the keys of `fields` state for values of a type."""
    fitting = applicable(kind)
    fields.knows(_known(fitting))
    there = [key for key in _READERS if key in fields.node.pairs]
    if not there:
        return _NONE
    stated: dict[str, Any] = {}
    for key in there:
        if key in fitting:
            stated[key] = fields.get(key, _READERS[key](_leaf(kind)), None)
        else:
            what = in_words(kind)
            fields.refuse_key(key, "JYN113", f"{fields.what}: {what} cannot have `{key}`")
    rules = Constraints(**{key: held for key, held in stated.items() if held is not None})
    for node, message in _contradictions(fields, rules, kind):
        fields.sound = False
        fields.reader.report(node, "JYN114", f"{fields.what}: {message}")
    return rules


@cache
def _known(fitting: frozenset[str]) -> tuple[str, ...]:
    """Those of the constraints that fit, in the order in which a finding lists them."""
    return tuple(key for key in _READERS if key in fitting)


def in_words(kind: FeatureType) -> str:
    """What has a type: `an int8`, `a tensor`, `a struct`."""
    return with_article(kind.dtype if isinstance(kind, Scalar) else type(kind).__name__.lower())


def _leaf(kind: FeatureType) -> Scalar:
    """The type of the values that rules are stated in; a struct and a list have no rules with such values."""
    return item_of(kind) if isinstance(kind, Scalar | Tensor) else Scalar("int64")


def _contradictions(fields: Fields, rules: Constraints, kind: FeatureType) -> Iterator[tuple[Node, str]]:
    """Each with the place of the value to blame."""
    if rules.min_length is not None and rules.max_length is not None and rules.min_length > rules.max_length:
        yield fields.place("min_length"), f"no length is at least {rules.min_length} and at most {rules.max_length}"
    if not isinstance(kind, Scalar | Tensor):
        return
    stated = [key for key in BOUNDS if getattr(rules, key) is not None]
    if stated and (lower := rules.lower(kind)) and (upper := rules.upper(kind)):
        crossed: Any = lower[0]
        if crossed > upper[0] or (crossed == upper[0] and (lower[1] or upper[1])):
            low = f"{'above' if lower[1] else 'at least'} {shown(lower[0])}"
            high = f"{'below' if upper[1] else 'at most'} {shown(upper[0])}"
            yield fields.place(stated[0]), f"no value is {low} and {high}"
    if rules.exclusive_minimum == math.inf:
        yield fields.place("exclusive_minimum"), "no value is above infinity"
    if rules.exclusive_maximum == -math.inf:
        yield fields.place("exclusive_maximum"), "no value is below negative infinity"
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


def _of_type(item: Scalar) -> Read[Value]:
    def read_one(reader: Reader, node: Node) -> Value:
        found = value(reader, node, item)
        if isinstance(found, float) and math.isnan(found):
            raise reader.refuse(node, "JYN114", "nothing equals NaN, or is above or below it", "write a number")
        return found

    return read_one


_READERS: dict[str, Callable[[Scalar], Read[Any]]] = {
    "nullable": lambda _: read.boolean,
    **dict.fromkeys(BOUNDS, _of_type),
    "min_length": lambda _: read.integer(0),
    "max_length": lambda _: read.integer(0),
    "pattern": lambda _: _pattern,
    "enum": lambda item: read.list_of("`enum`", _of_type(item), empty=False),
    "unique": lambda _: read.boolean,
}
