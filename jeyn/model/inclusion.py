"""Inclusion: catalog A includes catalog B when whatever conforms to A can be read as B."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.constraints import Constraints, broken, shown
from jeyn.model.definitions import DataCatalog, Feature
from jeyn.model.types import Family, item_of


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
    if offered.type != wanted.type:
        yield f"is {offered.type}, not {wanted.type}"
        return
    have, need = offered.constraints, wanted.constraints
    if have.nullable and not need.nullable:
        yield "may be null"
    if need.unique and not have.unique:
        yield "need not be unique"
    if have.enum is not None:
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
        for value in have.enum:
            yield from (f"may be {shown(value)}, against {rule}" for rule in broken(value, offered.type, values_only))
        if item_of(offered.type).family is Family.FLOAT and _is_bounded(wanted) and not _is_bounded(offered):
            yield "may be NaN, which keeps no bound"
        return
    if need.enum is not None:
        yield f"may be other than {', '.join(map(shown, need.enum))}"
    if need.pattern is not None and have.pattern != need.pattern:
        yield f"need not match the pattern {need.pattern}"
    yield from _bound_gaps(offered, wanted)
    yield from _length_gaps(have, need)


def _bound_gaps(offered: Feature, wanted: Feature) -> Iterator[str]:
    low, floor = offered.constraints.lower(offered.type), wanted.constraints.lower(wanted.type)
    if floor is not None and (low is None or low < floor):
        bottom = shown(floor[0])
        limit = f"not above its exclusive minimum {bottom}" if floor[1] else f"below its minimum {bottom}"
        yield f"may be {'anything' if low is None else shown(low[0])}, {limit}"
    high, ceiling = offered.constraints.upper(offered.type), wanted.constraints.upper(wanted.type)
    if ceiling is not None and (high is None or (high[0], not high[1]) > (ceiling[0], not ceiling[1])):
        top = shown(ceiling[0])
        limit = f"not below its exclusive maximum {top}" if ceiling[1] else f"above its maximum {top}"
        yield f"may be {'anything' if high is None else shown(high[0])}, {limit}"


def _is_bounded(feature: Feature) -> bool:
    rules, kind = feature.constraints, feature.type
    return rules.lower(kind) is not None or rules.upper(kind) is not None


def _length_gaps(have: Constraints, need: Constraints) -> Iterator[str]:
    if need.min_length and (have.min_length or 0) < need.min_length:
        yield f"may be shorter than {need.min_length}"
    if need.max_length is not None and (have.max_length is None or have.max_length > need.max_length):
        yield f"may be longer than {need.max_length}"
