"""Inclusion: catalog A includes catalog B when whatever conforms to A can be read as B."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.constraints import broken, listed, shown
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Constraints, Family, Feature, List, Scalar, Struct, Tensor, item_of


def gaps(producer: DataCatalog, consumer: DataCatalog) -> Iterator[tuple[str, str]]:
    """Why `producer` does not include `consumer`: pairs of a feature of the consumer and the reason, in its order."""
    given = {feature.name: feature for feature in producer.features}
    for wanted in consumer.features:
        offered = given.get(wanted.name)
        if offered is None:
            yield wanted.name, "is missing"
        else:
            yield from ((wanted.name, reason) for reason in feature_gaps(offered, wanted))


def includes(producer: DataCatalog, consumer: DataCatalog) -> bool:
    """Whether whatever conforms to `producer` can be read as `consumer`."""
    return next(gaps(producer, consumer), None) is None


def feature_gaps(offered: Feature, wanted: Feature) -> Iterator[str]:
    """Why values of the one feature cannot all be read as the other's."""
    match offered.type, wanted.type:
        case Struct() as given, Struct() as needed:
            yield from _null_gaps(offered, wanted)
            for field in needed.fields:
                inner = given.field(field.name)
                reasons = ("is missing",) if inner is None else feature_gaps(inner, field)
                yield from (f"has a field `{field.name}` that {reason}" for reason in reasons)
        case List(given_item), List(needed_item):
            yield from _null_gaps(offered, wanted)
            yield from _length_gaps(offered.constraints, wanted.constraints)
            yield from (f"has an item that {reason}" for reason in feature_gaps(given_item, needed_item))
        case (Scalar() | Tensor()) as kind, _ if kind == wanted.type:
            yield from _value_gaps(offered, wanted, kind)
        case _:
            yield f"is {offered.type}, not {wanted.type}"


def _null_gaps(offered: Feature, wanted: Feature) -> Iterator[str]:
    if offered.constraints.nullable and not wanted.constraints.nullable:
        yield "may be null"


def _value_gaps(offered: Feature, wanted: Feature, kind: Scalar | Tensor) -> Iterator[str]:
    have, need = offered.constraints, wanted.constraints
    yield from _null_gaps(offered, wanted)
    if need.unique and not have.unique:
        yield "need not be unique"
    given = listed(kind, have)
    if given is not None:
        values_only = Constraints(
            minimum=need.minimum,
            maximum=need.maximum,
            exclusive_minimum=need.exclusive_minimum,
            exclusive_maximum=need.exclusive_maximum,
            min_length=need.min_length,
            max_length=need.max_length,
            pattern=need.pattern,
            enum=need.enum,
        )
        for value in given:
            yield from (f"may be {shown(value)}, against {rule}" for rule in broken(value, kind, values_only))
        if item_of(kind).family is Family.FLOAT and _is_bounded(need, kind) and not _is_bounded(have, kind):
            yield "may be NaN, which keeps no bound"
        return
    if need.enum is not None:
        yield f"may be other than {', '.join(map(shown, need.enum))}"
    if need.pattern is not None and have.pattern != need.pattern:
        yield f"need not match the pattern {need.pattern}"
    yield from _bound_gaps(have, need, kind)
    yield from _length_gaps(have, need)


def _bound_gaps(have: Constraints, need: Constraints, kind: Scalar | Tensor) -> Iterator[str]:
    low, floor = have.lower(kind), need.lower(kind)
    if floor is not None and (low is None or low < floor):
        bottom = shown(floor[0])
        limit = f"not above its exclusive minimum {bottom}" if floor[1] else f"below its minimum {bottom}"
        yield f"may be {'anything' if low is None else shown(low[0])}, {limit}"
    high, ceiling = have.upper(kind), need.upper(kind)
    if ceiling is not None and (high is None or (high[0], not high[1]) > (ceiling[0], not ceiling[1])):
        top = shown(ceiling[0])
        limit = f"not below its exclusive maximum {top}" if ceiling[1] else f"above its maximum {top}"
        yield f"may be {'anything' if high is None else shown(high[0])}, {limit}"


def _is_bounded(rules: Constraints, kind: Scalar | Tensor) -> bool:
    return rules.lower(kind) is not None or rules.upper(kind) is not None


def _length_gaps(have: Constraints, need: Constraints) -> Iterator[str]:
    if need.min_length and (have.min_length or 0) < need.min_length:
        yield f"may be shorter than {need.min_length}"
    if need.max_length is not None and (have.max_length is None or have.max_length > need.max_length):
        yield f"may be longer than {need.max_length}"
