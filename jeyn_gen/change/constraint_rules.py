"""Which values a feature may have: each of its constraints narrowed or widened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jeyn.model.constraints import shown, stored
from jeyn.model.types import Feature, Scalar, Tensor, Value, item_of
from jeyn_gen.change.levels import Level
from jeyn_gen.change.members import CatalogChange, FeatureChange, of_features
from jeyn_gen.change.rule import Breach, Rule

Check = Callable[[FeatureChange], Iterator[str]]
#: A bound and whether it is exclusive.
Bound = tuple[Any, bool]


def _bounds(feature: Feature) -> tuple[Bound | None, Bound | None]:
    """The bounds as values of the dtype hold them: of integers included, and within their range."""
    kind = feature.type
    assert isinstance(kind, Scalar | Tensor)
    return tuple(  # type: ignore[return-value]  # of two
        (stored(bound[0], item_of(kind)), bound[1]) if bound is not None else None
        for bound in (feature.constraints.lower(kind), feature.constraints.upper(kind))
    )


def _lower(*, raised: bool) -> Check:
    def check(change: FeatureChange) -> Iterator[str]:
        if change.has_values_alike:
            old, new = _bounds(change.old)[0], _bounds(change.new)[0]
            if _tighter(new, old, _above) if raised else _tighter(old, new, _above):
                yield f"its values began {_low(old)}, and begin {_low(new)}"

    return check


def _upper(*, lowered: bool) -> Check:
    def check(change: FeatureChange) -> Iterator[str]:
        if change.has_values_alike:
            old, new = _bounds(change.old)[1], _bounds(change.new)[1]
            if _tighter(new, old, _below) if lowered else _tighter(old, new, _below):
                yield f"its values ended {_high(old)}, and end {_high(new)}"

    return check


def _tighter(one: Bound | None, other: Bound | None, beyond: Callable[[Bound, Bound], bool]) -> bool:
    return one is not None and (other is None or beyond(one, other))


def _above(one: Bound, other: Bound) -> bool:
    return one[0] > other[0] or (one[0] == other[0] and one[1] and not other[1])


def _below(one: Bound, other: Bound) -> bool:
    return one[0] < other[0] or (one[0] == other[0] and one[1] and not other[1])


def _low(bound: Bound | None) -> str:
    return "anywhere" if bound is None else f"{'above' if bound[1] else 'at'} {shown(bound[0])}"


def _high(bound: Bound | None) -> str:
    return "anywhere" if bound is None else f"{'below' if bound[1] else 'at'} {shown(bound[0])}"


def _shortest(*, raised: bool) -> Check:
    def check(change: FeatureChange) -> Iterator[str]:
        old, new = change.old.constraints.min_length or 0, change.new.constraints.min_length or 0
        if change.has_lengths_alike and (new > old if raised else new < old):
            yield f"its least length was {old}, and is {new}"

    return check


def _longest(*, lowered: bool) -> Check:
    def check(change: FeatureChange) -> Iterator[str]:
        old, new = change.old.constraints.max_length, change.new.constraints.max_length
        lower, higher = (new, old) if lowered else (old, new)
        if change.has_lengths_alike and lower is not None and (higher is None or lower < higher):
            before, after = ("any" if most is None else most for most in (old, new))
            yield f"its greatest length was {before}, and is {after}"

    return check


def _pattern_added(change: FeatureChange) -> Iterator[str]:
    old, new = change.old.constraints.pattern, change.new.constraints.pattern
    if change.has_values_alike and old is None and new is not None:
        yield f"it must match {new} now"


def _pattern_removed(change: FeatureChange) -> Iterator[str]:
    old, new = change.old.constraints.pattern, change.new.constraints.pattern
    if change.has_values_alike and old is not None and new is None:
        yield f"it need no longer match {old}"


def _pattern_changed(change: FeatureChange) -> Iterator[str]:
    old, new = change.old.constraints.pattern, change.new.constraints.pattern
    if change.has_values_alike and old is not None and new is not None and old != new:
        yield f"it had to match {old}, and must match {new}"


def _listed(feature: Feature) -> frozenset[Value] | None:
    """The values of its enumeration as its dtype holds them."""
    kind, enum = feature.type, feature.constraints.enum
    assert isinstance(kind, Scalar | Tensor)
    return None if enum is None else frozenset(stored(value, item_of(kind)) for value in enum)


def _difference(change: FeatureChange, *, added: bool) -> list[str]:
    """What one enumeration has that the other lacks, in its own order."""
    if not change.has_values_alike:
        return []
    more, fewer = (change.new, change.old) if added else (change.old, change.new)
    lacking, listed = _listed(fewer), more.constraints.enum
    if lacking is None or listed is None:
        return []
    assert isinstance(more.type, Scalar | Tensor)
    return [shown(value) for value in listed if stored(value, item_of(more.type)) not in lacking]


def _values_removed(change: FeatureChange) -> Iterator[str]:
    if gone := _difference(change, added=False):
        yield f"its values no longer include {', '.join(gone)}"


def _values_added(change: FeatureChange) -> Iterator[str]:
    if come := _difference(change, added=True):
        yield f"its values now include {', '.join(come)}"


def _enum_added(change: FeatureChange) -> Iterator[str]:
    enum = change.new.constraints.enum
    if change.has_values_alike and change.old.constraints.enum is None and enum is not None:
        yield f"its values were free, and are {', '.join(map(shown, enum))}"


def _enum_dropped(change: FeatureChange) -> Iterator[str]:
    enum = change.old.constraints.enum
    if change.has_values_alike and enum is not None and change.new.constraints.enum is None:
        yield f"its values were {', '.join(map(shown, enum))}, and are free"


def _unique(change: FeatureChange) -> Iterator[str]:
    if change.new.constraints.unique and not change.old.constraints.unique:
        yield "its values must be unique now"


def _not_unique(change: FeatureChange) -> Iterator[str]:
    if change.old.constraints.unique and not change.new.constraints.unique:
        yield "its values need no longer be unique"


def _spelled_otherwise(change: FeatureChange) -> Iterator[str]:
    old, new = change.old.constraints, change.new.constraints
    if old == new or not change.has_lengths_alike or (old.nullable, old.unique) != (new.nullable, new.unique):
        return
    if change.accepts_the_same or _allowed(change.old) == _allowed(change.new):
        yield "its constraints are spelled otherwise, and allow the same values"


def _allowed(feature: Feature) -> tuple[object, ...]:
    """What its constraints on values and lengths mean, however they are spelled."""
    rules = feature.constraints
    has_values = isinstance(feature.type, Scalar | Tensor)
    values = (_bounds(feature), _listed(feature)) if has_values else ()
    lengths = (rules.min_length or 0, rules.max_length)
    return rules.pattern, lengths, values


def _of_values(check: Check, *keys: str) -> Callable[[CatalogChange], Iterator[Breach]]:
    """The check of one constraint. What it says means nothing where the values that are accepted stay the same."""
    return of_features(lambda change: iter(()) if change.accepts_the_same else check(change), *keys)


CONSTRAINT_RULES: tuple[Rule[CatalogChange], ...] = (
    Rule("JYN623", Level.MAJOR, _of_values(_lower(raised=True))),
    Rule("JYN624", Level.MAJOR, _of_values(_lower(raised=False))),
    Rule("JYN625", Level.MAJOR, _of_values(_upper(lowered=True))),
    Rule("JYN626", Level.MAJOR, _of_values(_upper(lowered=False))),
    Rule("JYN627", Level.MAJOR, _of_values(_shortest(raised=True), "min_length")),
    Rule("JYN628", Level.MAJOR, _of_values(_shortest(raised=False), "min_length")),
    Rule("JYN629", Level.MAJOR, _of_values(_longest(lowered=True), "max_length")),
    Rule("JYN630", Level.MAJOR, _of_values(_longest(lowered=False), "max_length")),
    Rule("JYN631", Level.MAJOR, _of_values(_pattern_added, "pattern")),
    Rule("JYN632", Level.MAJOR, _of_values(_pattern_removed, "pattern")),
    Rule("JYN633", Level.MAJOR, _of_values(_pattern_changed, "pattern")),
    Rule("JYN634", Level.MAJOR, _of_values(_values_removed, "enum")),
    Rule("JYN635", Level.MAJOR, _of_values(_values_added, "enum")),
    Rule("JYN636", Level.MAJOR, _of_values(_enum_added, "enum")),
    Rule("JYN637", Level.MAJOR, _of_values(_enum_dropped, "enum")),
    Rule("JYN640", Level.MAJOR, of_features(_unique, "unique")),
    Rule("JYN641", Level.MAJOR, of_features(_not_unique, "unique")),
    Rule("JYN607", Level.PATCH, of_features(_spelled_otherwise)),
)
