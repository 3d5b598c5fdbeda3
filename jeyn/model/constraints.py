"""What the rules of a feature or a parameter mean for single values."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from jeyn.model.types import (
    ORDERED,
    SIZED,
    Constraints,
    Family,
    FeatureType,
    List,
    Scalar,
    Struct,
    Tensor,
    Value,
    item_of,
)

_NARROW = {"float16": "<e", "float32": "<f"}
# What must be passed over to find a `$` that means the end: escapes and classes.
_END = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def applicable(kind: FeatureType) -> frozenset[str]:
    """The names of the constraints that make sense on a type."""
    if isinstance(kind, Struct):
        return frozenset({"nullable"})
    if isinstance(kind, List):
        return frozenset({"nullable", "min_length", "max_length"})
    return _applicable(item_of(kind).family, isinstance(kind, Tensor))


@cache
def _applicable(family: Family, is_tensor: bool) -> frozenset[str]:
    names = {"nullable", "enum"}
    if family in ORDERED:
        names |= {"minimum", "maximum", "exclusive_minimum", "exclusive_maximum"}
    if not is_tensor:
        names.add("unique")
        if family in SIZED:
            names |= {"min_length", "max_length"}
        if family is Family.STRING:
            names.add("pattern")
    return frozenset(names)


def broken(value: Value, kind: Scalar | Tensor, rules: Constraints) -> Iterator[str]:
    """The rules that one scalar value of the right type breaks, each as `minimum 0`."""
    if isinstance(value, float) and math.isnan(value):
        if rules.lower(kind) or rules.upper(kind):
            yield "a bound, which NaN never keeps"
        return
    scalar = item_of(kind)
    yield from _broken_bounds(stored(value, scalar), rules, scalar)
    if rules.min_length is not None and len(value) < rules.min_length:  # type: ignore[arg-type]  # sized by `applicable`
        yield f"min_length {rules.min_length}"
    if rules.max_length is not None and len(value) > rules.max_length:  # type: ignore[arg-type]  # sized by `applicable`
        yield f"max_length {rules.max_length}"
    if rules.pattern is not None and not _compiled(rules.pattern).search(str(value)):
        yield f"pattern {rules.pattern}"
    if rules.enum is not None and stored(value, scalar) not in [stored(item, scalar) for item in rules.enum]:
        yield f"enum {', '.join(map(shown, rules.enum))}"


def listed(kind: Scalar | Tensor, rules: Constraints) -> tuple[Value, ...] | None:
    """The values among which those of a type are, without null and NaN: of an enumeration, or the two of a bool."""
    if rules.enum is None and item_of(kind).family is Family.BOOLEAN:
        return (False, True)
    return rules.enum


def accepted_values(kind: FeatureType, rules: Constraints) -> frozenset[Value] | None:
    """Which values but null a type and its rules accept, of a tensor for each number; None where nothing lists them.

    An enumeration of floats accepts NaN too, unless it has a bound.
    """
    known = listed(kind, rules) if isinstance(kind, Scalar | Tensor) else None
    if known is None:
        return None
    assert isinstance(kind, Scalar | Tensor)
    item = item_of(kind)
    kept = {stored(value, item) for value in known if not any(broken(value, kind, rules))}
    has_nan = item.family is Family.FLOAT and not any(broken(math.nan, kind, rules))
    return frozenset({*kept, math.nan} if has_nan else kept)


def stored(value: Value, scalar: Scalar) -> Value:
    """A value as its dtype holds it: a float is rounded to the nearest float16 or float32, any other stays as it is."""
    form = _NARROW.get(scalar.dtype)
    if form is None or not isinstance(value, float):
        return value
    try:
        rounded: float = struct.unpack(form, struct.pack(form, value))[0]
    except OverflowError:
        return value
    return rounded


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as RE2 reads it, which checks whole columns: classes are ASCII, `$` is the very end."""
    return re.compile(_END.sub(lambda found: "\\Z" if found[0] == "$" else found[0], pattern), re.ASCII)


def _broken_bounds(value: Value, rules: Constraints, scalar: Scalar) -> Iterator[str]:
    checks: tuple[tuple[str, Any, Callable[[Any], bool]], ...] = (
        ("minimum", rules.minimum, lambda bound: value < bound),
        ("maximum", rules.maximum, lambda bound: value > bound),
        ("exclusive_minimum", rules.exclusive_minimum, lambda bound: value <= bound),
        ("exclusive_maximum", rules.exclusive_maximum, lambda bound: value >= bound),
    )
    for name, bound, breaks in checks:
        if bound is not None and breaks(stored(bound, scalar)):
            yield f"{name} {shown(bound)}"


def shown(value: Value) -> str:
    """A value as a message shows it: a bool in the words of a document, bytes as Python writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, bytes) else str(value)
