"""The rules of a feature, each with a cheap test that holds for good data and an exact one for the rest.

Bounds and enumerations are compared in the feature's own type: `maximum: 0.1` on a float32 is the float32 that is
nearest to 0.1.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jeyn.conformance.arrow import arrow_type
from jeyn.conformance.buffers import from_ndarray
from jeyn.conformance.views import Mask, lengths, numbers, offsets
from jeyn.conformance.words import MOST_WORDS, ShortWords, among
from jeyn.errors import AskError
from jeyn.model.constraints import shown
from jeyn.model.types import ORDERED, Constraints, Family, Feature, List, Scalar, Struct, Tensor, Value, item_of

Ordered = Any  # int, float or Decimal: what `extremes` gives for a family


@dataclass(frozen=True, slots=True)
class Bound:
    """A minimum or maximum, inclusive or not. `breaks(value, limit)` tells for numbers and arrays of them."""

    name: str
    limit: Ordered
    breaks: Callable[[Any, Any], Any]

    def holds(self, low: Ordered, high: Ordered) -> bool:
        """Whether everything from `low` to `high` keeps the bound; NaN keeps none."""
        return not (math.isnan(low) or self.breaks(low, self.limit) or self.breaks(high, self.limit))

    def broken(self, values: pa.Array, kind: Scalar) -> Mask:
        """Which of the values break the bound, of shape (values,); values are not null."""
        if kind.family is Family.DECIMAL:
            return np.array([self.breaks(value, self.limit) for value in values.to_pylist()], np.bool_)
        given = numbers(values)
        if kind.family is not Family.FLOAT:
            return np.asarray(self.breaks(given, self.limit))
        wide = given.astype(np.float64)
        return np.asarray(self.breaks(wide, self.limit) | np.isnan(wide))


@dataclass(frozen=True, slots=True)
class Membership:
    """What must hold for each value by itself: a length, a pattern, an enumeration."""

    name: str
    holding: Callable[[pa.Array], Mask | None]

    def broken(self, values: pa.Array) -> Mask | None:
        """Which of the values break the rule, of shape (values,); None if none does."""
        held = self.holding(values)
        return None if held is None else ~held


def bounds_of(feature: Feature) -> tuple[Bound, ...]:
    """The bounds of a feature, in the order of `Constraints`."""
    if not isinstance(feature.type, Scalar | Tensor):
        return ()
    rules, kind = feature.constraints, item_of(feature.type)
    table = (
        ("minimum", rules.minimum, operator.lt),
        ("maximum", rules.maximum, operator.gt),
        ("exclusive_minimum", rules.exclusive_minimum, operator.le),
        ("exclusive_maximum", rules.exclusive_maximum, operator.ge),
    )
    return tuple(
        Bound(f"{name} {shown(limit)}", ordinal(limit, kind), breaks)
        for name, limit, breaks in table
        if limit is not None
    )


def memberships_of(feature: Feature) -> tuple[Membership, ...]:
    """The other rules that hold for each value by itself, in the order of `Constraints`."""
    if isinstance(feature.type, Struct):
        return ()
    if isinstance(feature.type, List):
        return tuple(_numbers_of_items(feature.constraints))
    return tuple(_memberships(feature.constraints, item_of(feature.type)))


def ordinal(value: Value, kind: Scalar) -> Ordered:
    """A bound as `numbers` shows values of its type: dates are days, times microseconds, floats rounded."""
    if kind.family is Family.FLOAT:
        with np.errstate(over="ignore"):
            rounded = float(np.dtype(kind.dtype).type(value))
        return rounded if math.isfinite(rounded) else float(value)  # type: ignore[arg-type]  # a float's bound
    if kind.family in {Family.DATE, Family.TIMESTAMP, Family.DURATION}:
        return pa.scalar(value, arrow_type(kind)).value
    return value


def extremes(values: pa.Array, kind: Scalar) -> tuple[Ordered, Ordered]:
    """The smallest and largest of one or more values that have an order; NaN, both, if there is a NaN."""
    if kind.family is Family.DECIMAL:
        found = pc.min_max(values)
        return found["min"].as_py(), found["max"].as_py()
    given = numbers(values)
    return given.min().item(), given.max().item()


def has_order(kind: Scalar) -> bool:
    """Whether values of this type have a smallest and a largest."""
    return kind.family in ORDERED


def _memberships(rules: Constraints, kind: Scalar) -> Iterator[Membership]:
    text = kind.family is Family.STRING
    least, most = rules.min_length, rules.max_length
    if least is not None:
        yield Membership(f"min_length {least}", lambda values: _lengths_hold(values, least, None, text))
    if most is not None:
        yield Membership(f"max_length {most}", lambda values: _lengths_hold(values, None, most, text))
    if rules.pattern is not None:
        pattern = _compiled(rules.pattern)
        yield Membership(f"pattern {pattern}", lambda values: _all_or_mask(pc.match_substring_regex(values, pattern)))
    texts = tuple(str(value) for value in rules.enum or ()) if text else ()
    if rules.enum is not None and ShortWords.fit(texts):
        words = ShortWords(texts)
        yield Membership(_enum_name(rules.enum), lambda values: _mask_or_none(words.held(values)))
    elif rules.enum is not None:
        allowed = _value_set(rules.enum, kind)
        yield Membership(_enum_name(rules.enum), lambda values: _are_members(values, allowed, kind))


def _numbers_of_items(rules: Constraints) -> Iterator[Membership]:
    least, most = rules.min_length, rules.max_length
    if least is not None:
        yield Membership(f"min_length {least}", lambda values: _mask_or_none(lengths(values) >= least))
    if most is not None:
        yield Membership(f"max_length {most}", lambda values: _mask_or_none(lengths(values) <= most))


def _enum_name(allowed: tuple[Value, ...]) -> str:
    return f"enum {', '.join(map(shown, allowed))}"


def _compiled(pattern: str) -> str:
    """The pattern, if RE2 takes it: it has no look-around and no references back, so that it takes linear time."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        raise AskError(
            f"the pattern {pattern} cannot be checked: {error}",
            "write it in RE2's syntax, https://github.com/google/re2/wiki/Syntax",
        ) from None
    return pattern


def _lengths_hold(values: pa.Array, least: int | None, most: int | None, text: bool) -> Mask | None:
    sizes = np.diff(offsets(values))
    low, high = sizes.min(), sizes.max()
    # A character takes one to four bytes, so the bytes alone, which are at hand, settle most cases.
    if (most is None or high <= most) and (least is None or low >= (least * 4 - 3 if text else least)):
        return None
    if text:
        sizes = numbers(pc.utf8_length(values))
    return _mask_or_none(sizes >= least if least is not None else sizes <= most)


def _value_set(allowed: tuple[Value, ...], kind: Scalar) -> pa.Array:
    if kind.family is Family.FLOAT:
        return from_ndarray(np.array([ordinal(value, kind) for value in allowed], _comparable(kind)) + 0.0)
    return pa.array(list(allowed), arrow_type(kind))


def _are_members(values: pa.Array, allowed: pa.Array, kind: Scalar) -> Mask | None:
    if kind.family is Family.INTEGER and 0 < len(allowed) <= MOST_WORDS:
        return _mask_or_none(among(numbers(values), list(numbers(allowed))))
    if kind.family is not Family.FLOAT:
        return _all_or_mask(pc.is_in(values, value_set=allowed))
    given = numbers(values).astype(_comparable(kind)) + 0.0  # Arrow tells -0.0 from 0.0
    held = _all_or_mask(pc.is_in(from_ndarray(given), value_set=allowed))
    return None if held is None else _mask_or_none(held | np.isnan(given))


def _comparable(kind: Scalar) -> np.dtype[Any]:
    return np.dtype(np.float32 if kind.dtype == "float16" else kind.dtype)  # Arrow finds no float16 in a set


def _all_or_mask(held: pa.BooleanArray) -> Mask | None:
    return None if not held.false_count else numbers(held).astype(np.bool_)


def _mask_or_none(held: Mask) -> Mask | None:
    return None if held.all() else held
