"""Two versions of a catalog side by side: which features, and fields at any depth, belong to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from jeyn.model.constraints import accepted_values
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Feature, List, Scalar, Struct, Tensor, item_of
from jeyn_gen.change.rule import Breach

Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where features stand: `subject` as findings call it, `keys` in the document, the top `feature` above, if any."""

    subject: str
    keys: Keys
    feature: str = ""

    def member(self, feature: Feature) -> Place:
        """The place of one of them, that lie at these keys."""
        return Place(f"{self.subject}.{feature.name}", (*self.keys, feature.name), self.feature or feature.name)

    @property
    def fields(self) -> Place:
        """Where the fields stand, if it is a struct."""
        return Place(self.subject, (*self.keys, "struct"), self.feature)

    @property
    def item(self) -> Place:
        """Where the item stands, if it is a list."""
        return Place(f"{self.subject}[]", (*self.keys, "list"), self.feature)

    def breach(self, message: str, *keys: str) -> Breach:
        """A breach here, at a key of the feature if one is named."""
        label = self.subject.removeprefix("features.")
        return Breach(self.subject, f"feature `{label}`: {message}", (*self.keys, *keys), feature=self.feature)


@dataclass(frozen=True)
class FeatureChange:
    """A feature, a field of a struct or the item of a list, in two versions that differ."""

    old: Feature
    new: Feature
    place: Place

    @property
    def has_values_alike(self) -> bool:
        """Whether values of both are scalars, or numbers of tensors, that can be compared."""
        if not isinstance(self.old.type, Scalar | Tensor) or type(self.old.type) is not type(self.new.type):
            return False
        old, new = item_of(self.old.type), item_of(self.new.type)
        return old.dtype == new.dtype and bool(old.timezone) == bool(new.timezone)

    @cached_property
    def accepts_the_same(self) -> bool:
        """Whether both list their values, and these are the same, however each of the constraints is written."""
        if not self.has_values_alike:
            return False
        old = accepted_values(self.old.type, self.old.constraints)
        return old is not None and old == accepted_values(self.new.type, self.new.constraints)

    @property
    def has_lengths_alike(self) -> bool:
        """Whether lengths of both count the same things."""
        return self.has_values_alike or (isinstance(self.old.type, List) and isinstance(self.new.type, List))


@dataclass(frozen=True, slots=True)
class Members:
    """The features of a catalog, the fields of a struct, or the item of a list, in two versions."""

    place: Place
    pairs: tuple[FeatureChange, ...]
    renamed: tuple[FeatureChange, ...]
    removed: tuple[Feature, ...]
    added: tuple[Feature, ...]
    reordered: bool


@dataclass(frozen=True)
class CatalogChange:
    """Two versions of a catalog."""

    old: DataCatalog
    new: DataCatalog

    @cached_property
    def members(self) -> tuple[Members, ...]:
        """The features, and what differing ones are made of, from the outside in."""
        return tuple(_within(_paired(self.old.features, self.new.features, Place("features", ("features",)))))

    @property
    def features(self) -> Iterator[FeatureChange]:
        """Every feature, field and item that both have and in which they differ."""
        for members in self.members:
            yield from members.pairs
            yield from members.renamed


def of_features(
    check: Callable[[FeatureChange], Iterator[str]], *keys: str
) -> Callable[[CatalogChange], Iterator[Breach]]:
    """The check of a catalog that checks each of its features, and points at a key of it if one is named."""

    def of_catalog(change: CatalogChange) -> Iterator[Breach]:
        for pair in change.features:
            yield from (pair.place.breach(message, *keys) for message in check(pair))

    return of_catalog


def _within(members: Members) -> Iterator[Members]:
    yield members
    for pair in (*members.pairs, *members.renamed):
        match pair.old.type, pair.new.type:
            case Struct(old), Struct(new):
                yield from _within(_paired(old, new, pair.place.fields))
            case List(old_item), List(new_item) if old_item != new_item:
                item = FeatureChange(old_item, new_item, pair.place.item)
                yield from _within(Members(item.place, (item,), (), (), (), reordered=False))


def _paired(old: Sequence[Feature], new: Sequence[Feature], place: Place) -> Members:
    before, after = {one.name: one for one in old}, {one.name: one for one in new}
    origin = {
        one.name: one.renamed_from
        for one in new
        if one.renamed_from in before and one.renamed_from not in after and one.name not in before
    }
    kept = [one.name for one in new if one.name in before]
    return Members(
        place,
        pairs=tuple(
            FeatureChange(before[name], after[name], place.member(after[name]))
            for name in kept
            if before[name] != after[name]
        ),
        renamed=tuple(
            FeatureChange(before[was], after[name], place.member(after[name])) for name, was in origin.items()
        ),
        removed=tuple(one for one in old if one.name not in after and one.name not in origin.values()),
        added=tuple(one for one in new if one.name not in before and one.name not in origin),
        reordered=kept != [one.name for one in old if one.name in after],
    )
