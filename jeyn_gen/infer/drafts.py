"""What was seen of a column, as a feature and as words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jeyn.model.types import ITEM, Constraints, Family, Feature, FeatureType, List, Scalar, Struct, Tensor, Value
from jeyn_gen.infer.evidence import MOST_DISTINCT, ScalarEvidence, UnknownEvidence
from jeyn_gen.infer.nested_evidence import Evidence, FieldsEvidence, Grid, ItemsEvidence, TensorEvidence
from jeyn_gen.infer.problems import shortened
from jeyn_gen.infer.yaml_text import flow, quoted

#: No more different strings than this may be an enumeration, none longer than this, each seen twice on average.
_MOST_LISTED = 20
_LONGEST_LISTED = 80
#: Values that can tell rows apart; that no two floats are equal says little.
_TELLING = frozenset({Family.INTEGER, Family.STRING, Family.BYTES, Family.DATE, Family.TIMESTAMP, Family.DECIMAL})


@dataclass(frozen=True, slots=True)
class Draft:
    """A feature, field or item, what is told of it in comments, and the drafts of what it is made of."""

    feature: Feature
    notes: tuple[str, ...]
    children: tuple[Draft, ...] = ()


def drafted(name: str, seen: Evidence, *, constrained: bool, is_inner: bool = False) -> Draft:
    """The draft of a column. `constrained`: what was seen becomes rules; else only whether it may be null does."""
    notes = [_counts(seen)]
    children: tuple[Draft, ...] = ()
    rules: dict[str, Any] = {}
    kind: FeatureType
    match seen:
        case UnknownEvidence():
            kind = Scalar("string")
            notes = ["no value was seen: string is a guess; write the dtype that it has, or leave it out at its source"]
        case ScalarEvidence():
            kind = seen.kind
            rules = _rules(seen, is_inner=is_inner)
            notes = [", ".join([*notes, *_about(seen)]), *_candidates(rules, constrained)]
        case TensorEvidence():
            kind = Tensor(seen.item.kind, seen.grid.shape if seen.grid.rows else seen.declared)
            rules, notes = _bounds(seen.item), [", ".join([*notes, *_axes(seen.grid), *_between(seen.item)])]
        case FieldsEvidence():
            children = tuple(
                drafted(field, held, constrained=constrained, is_inner=True) for field, held in seen.fields.items()
            )
            kind = Struct(tuple(child.feature for child in children))
        case ItemsEvidence():
            return _list_or_tensor(name, seen, constrained=constrained)
    return Draft(Feature(name, kind, _constraints(seen, rules if constrained else {})), tuple(notes), children)


def _list_or_tensor(name: str, seen: ItemsEvidence, *, constrained: bool) -> Draft:
    notes = [_counts(seen)]
    if seen.grid is not None and seen.grid.rows:
        leaf = _leaf(seen)
        rules = _bounds(leaf) if constrained else {}
        notes = [", ".join([*notes, *_axes(seen.grid), *_between(leaf)])]
        return Draft(Feature(name, Tensor(leaf.kind, seen.grid.shape), _constraints(seen, rules)), tuple(notes))
    item = drafted(ITEM, seen.item, constrained=constrained, is_inner=True)
    lengths = seen.lengths
    if lengths is not None:
        notes = [f"{notes[0]}, {_span(*lengths, 'item')}"]
    rules = {"min_length": lengths[0], "max_length": lengths[1]} if constrained and lengths else {}
    return Draft(Feature(name, List(item.feature), _constraints(seen, rules)), tuple(notes), (item,))


def _leaf(seen: ItemsEvidence) -> ScalarEvidence:
    inner = seen.item
    while isinstance(inner, ItemsEvidence):
        inner = inner.item
    assert isinstance(inner, ScalarEvidence), "a grid is made of numbers"
    return inner


def _constraints(seen: Evidence, rules: dict[str, Any]) -> Constraints:
    """With the one rule that always follows from what was seen; where nothing was, all may be null."""
    return Constraints(nullable=bool(seen.nulls) or not seen.values, **rules)


def _rules(seen: ScalarEvidence, *, is_inner: bool) -> dict[str, Any]:
    rules: dict[str, Any] = {**_bounds(seen)}
    count = seen.distinct.count
    if seen.lengths is not None:
        rules |= {"min_length": seen.lengths[0], "max_length": seen.lengths[1]}
    if seen.kind.family is Family.STRING and count and count <= _MOST_LISTED and seen.values >= 2 * count:
        values = seen.distinct.values()
        if max(map(len, values)) <= _LONGEST_LISTED:
            rules = {"enum": tuple(sorted(values))}
    if not is_inner and seen.kind.family in _TELLING and count == seen.values > 1:
        rules["unique"] = True
    return rules


def _bounds(seen: ScalarEvidence) -> dict[str, Value]:
    """The range as bounds, where a document can state them and all values keep them: NaN keeps none."""
    if seen.range is None or seen.nans:
        return {}
    named = dict(zip(("minimum", "maximum"), seen.range, strict=True))
    return {key: bound for key, bound in named.items() if _can_be_stated(bound)}


def _can_be_stated(bound: Value) -> bool:
    if isinstance(bound, float):
        return math.isfinite(bound)
    return not isinstance(bound, timedelta) or bound >= timedelta(0)


def _candidates(rules: dict[str, Any], constrained: bool) -> Iterator[str]:
    """What the rules could be that are more than a range of what was seen."""
    found = {key: rules[key] for key in ("enum", "unique") if key in rules}
    if found and not constrained:
        yield f"could be: {', '.join(f'{key}: {_listed(value)}' for key, value in found.items())}"


def _listed(value: Any) -> str:
    return f"[{', '.join(map(quoted, value))}]" if isinstance(value, tuple) else flow(value)


def _counts(seen: Evidence) -> str:
    if not seen.values:
        return f"no values, {seen.nulls:,} null" if seen.nulls else "nothing was seen of it"
    return _counted(seen.values, "value") + (f", {seen.nulls:,} null" if seen.nulls else "")


def _about(seen: ScalarEvidence) -> Iterator[str]:
    yield from _between(seen)
    if seen.lengths is not None:
        yield _span(*seen.lengths, "character" if seen.kind.family is Family.STRING else "byte")
    if seen.values:
        count = seen.distinct.count
        yield f"more than {MOST_DISTINCT:,} different" if count is None else f"{count:,} different"


def _between(seen: ScalarEvidence) -> Iterator[str]:
    if seen.range is not None:
        low, high = map(flow, seen.range)
        yield f"from {low} to {high}"
    if seen.nans:
        yield f"{seen.nans:,} NaN"


def _axes(grid: Grid) -> Iterator[str]:
    """How long the axes are that vary."""
    if -1 in grid.shape and grid.rows:
        lengths = [str(low) if low == high else f"{low} to {high}" for low, high in grid.ranges if low >= 0]
        yield f"axes of {shortened(' by '.join(lengths), 200)}"


def _span(low: int, high: int, noun: str) -> str:
    return _counted(high, noun) if low == high else f"{low:,} to {_counted(high, noun)}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
