"""What the values of a feature or a parameter must satisfy, beyond their type."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from jeyn.model.types import ORDERED, SIZED, Family, FeatureType, Scalar, Tensor, integer_range, item_of

#: A value that a document can state: of a bound, an enumeration, a default.
Value = bool | int | float | Decimal | str | bytes | date | datetime | timedelta

_NARROW = {"float16": "<e", "float32": "<f"}
# What must be passed over to find a `$` that means the end: escapes and classes.
_END = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Constraints:
    """The rules of one feature; an absent rule is None, and holds.

    Bounds are of the feature's own type. On a tensor, bounds and `enum` hold for each number in it. Lengths
    count characters of a string, bytes of bytes. `pattern` may match anywhere in the string, as in JSON
    Schema. `unique` holds over a whole batch.
    """

    nullable: bool = False
    minimum: Value | None = None
    maximum: Value | None = None
    exclusive_minimum: Value | None = None
    exclusive_maximum: Value | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[Value, ...] | None = None
    unique: bool = False

    def lower(self, kind: FeatureType) -> tuple[Value, bool] | None:
        """The tightest lower bound and whether it is exclusive, the range of the dtype included."""
        bounds = [(self.minimum, False), (self.exclusive_minimum, True)]
        found = [(value, strict) for value, strict in bounds if value is not None]
        scalar = item_of(kind)
        if scalar.family is Family.INTEGER:
            found = [(_int(value) + strict, False) for value, strict in found]
            found.append((integer_range(scalar.dtype)[0], False))
        return max(found, default=None)

    def upper(self, kind: FeatureType) -> tuple[Value, bool] | None:
        """The tightest upper bound and whether it is exclusive, the range of the dtype included."""
        bounds = [(self.maximum, False), (self.exclusive_maximum, True)]
        found = [(value, strict) for value, strict in bounds if value is not None]
        scalar = item_of(kind)
        if scalar.family is Family.INTEGER:
            found = [(_int(value) - strict, False) for value, strict in found]
            found.append((integer_range(scalar.dtype)[1], False))
        return min(found, key=lambda bound: (bound[0], not bound[1]), default=None)


def applicable(kind: FeatureType) -> frozenset[str]:
    """The names of the constraints that make sense on a type."""
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


def broken(value: Value, kind: FeatureType, rules: Constraints) -> Iterator[str]:
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
    """A value as a message shows it."""
    return repr(value) if isinstance(value, bytes) else str(value)


def _int(value: Value) -> int:
    assert isinstance(value, int), "bounds of an integer are integers"
    return value
