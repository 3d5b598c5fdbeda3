"""Which features a catalog has: removed, renamed, added, put in another order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jeyn.model.types import Feature
from jeyn_gen.change.levels import Level
from jeyn_gen.change.members import CatalogChange, Place
from jeyn_gen.change.rule import Breach, Rule


def _removed(change: CatalogChange) -> Iterator[Breach]:
    for members in change.members:
        for feature in members.removed:
            yield members.place.member(feature).breach("it is removed")


def _renamed(change: CatalogChange) -> Iterator[Breach]:
    for members in change.members:
        for pair in members.renamed:
            # Whoever reads it still knows it by its old name.
            place = Place(pair.place.subject, pair.place.keys, _top(pair.place, pair.old))
            yield place.breach(f"it was `{pair.old.name}`")


def _top(place: Place, old: Feature) -> str:
    return old.name if len(place.keys) == 2 else place.feature


def _added(change: CatalogChange, *, nullable: bool) -> Iterator[Place]:
    for members in change.members:
        for feature in members.added:
            if feature.constraints.nullable is nullable:
                yield members.place.member(feature)


def _required_added(change: CatalogChange) -> Iterator[Breach]:
    for place in _added(change, nullable=False):
        yield place.breach("it is added, and may not be null")


def _nullable_added(change: CatalogChange) -> Iterator[Breach]:
    for place in _added(change, nullable=True):
        yield replace(place.breach("it is added, and may be null"), asks_writers=True)


def _reordered(change: CatalogChange) -> Iterator[Breach]:
    for members in change.members:
        if members.reordered:
            subject, keys = members.place.subject, members.place.keys
            yield Breach(subject, f"what `{subject}` holds stands in another order", keys)


MEMBER_RULES: tuple[Rule[CatalogChange], ...] = (
    Rule("JYN610", Level.MAJOR, _removed),
    Rule("JYN611", Level.MAJOR, _renamed),
    Rule("JYN612", Level.MAJOR, _required_added),
    Rule("JYN613", Level.MINOR, _nullable_added),
    Rule("JYN607", Level.PATCH, _reordered),
)
