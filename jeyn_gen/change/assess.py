"""What a change asks of the version of its document, and which of it is waived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeyn.model.names import Version
from jeyn_gen.change.levels import Level, asked_of, declared, raised
from jeyn_gen.change.rule import Breach, Rule
from jeyn_gen.change.rules import breaches
from jeyn_gen.change.trees import Comparison, Pair
from jeyn_gen.load.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Asked:
    """One difference, the number of the version that it asks to be raised, and the place of its waiver, if any."""

    rule: Rule[Any]
    breach: Breach
    level: Level
    waiver: int | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that two versions of a document differ in."""

    pair: Pair
    asked: tuple[Asked, ...]

    @property
    def old_version(self) -> Version:
        return self.pair.definitions[0].version

    @property
    def new_version(self) -> Version:
        return self.pair.definitions[1].version

    @property
    def declared(self) -> Level:
        """The number that the document raises by itself."""
        return declared(self.old_version, self.new_version)

    @property
    def required(self) -> Level:
        """The number that must be raised for all that is not waived."""
        return max((one.level for one in self.asked if one.waiver is None), default=Level.NONE)

    @property
    def justified(self) -> Level:
        """The highest number that may be raised with good cause: a waiver need not be used."""
        return max((one.level for one in self.asked), default=Level.NONE)

    @property
    def required_version(self) -> Version:
        """The lowest version that is high enough."""
        return raised(self.old_version, self.required)

    @property
    def suffices(self) -> bool:
        """Whether the declared version is high enough; a lower one than before never is."""
        return self.new_version >= self.old_version and self.declared >= self.required

    def unused_waivers(self) -> Iterator[tuple[int, Waiver]]:
        """The waivers that came with this change and excuse nothing, by their place in the list."""
        used = [one.waiver for one in self.asked]
        for place, waiver in enumerate(self.pair.new.waivers):
            if place not in used and waiver not in self.pair.old.waivers:
                yield place, waiver


def assess(comparison: Comparison) -> Iterator[Assessment]:
    """Each pair that changed, in the order of the new tree."""
    for pair in comparison.pairs:
        if pair.old is not pair.new:
            yield _assessed(comparison, pair)


def _assessed(comparison: Comparison, pair: Pair) -> Assessment:
    old, new = pair.definitions
    given = declared(old.version, new.version)
    waivers = {place: one for place, one in enumerate(pair.new.waivers) if one.version == new.version}
    asked: list[Asked] = []
    for rule, breach in breaches(old, new, comparison.old.catalogs, comparison.new.catalogs):
        level = asked_of(old.version, rule.needs)
        wanted = (rule.code, breach.subject)
        fitting = (place for place, one in waivers.items() if (one.code, one.subject) == wanted)
        waiver = next(fitting, None) if level > given else None
        if waiver is not None:
            del waivers[waiver]  # one finding each
        asked.append(Asked(rule, breach, level, waiver))
    return Assessment(pair, tuple(asked))
