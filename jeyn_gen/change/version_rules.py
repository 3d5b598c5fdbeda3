"""What a version itself says, beside what the change asks of it. That it is too low is said by what asks for more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jeyn.model.names import Version
from jeyn_gen.change.levels import Level, declared
from jeyn_gen.change.rule import Breach, Rule, at


@dataclass(frozen=True, slots=True)
class VersionChange:
    """The version before and after a change, the highest number that it justifies, and whether anything differs."""

    old: Version
    new: Version
    justified: Level
    differs: bool

    @property
    def is_first_stable(self) -> bool:
        """To say that something is stable now is a change of its own."""
        return self.old.major == 0 and self.new == Version(1, 0, 0)


def _lowered(change: VersionChange) -> Iterator[Breach]:
    if change.new < change.old:
        yield at(f"the version was {change.old}, and is {change.new}", "version")


def _too_high(change: VersionChange) -> Iterator[Breach]:
    if change.differs and declared(change.old, change.new) > change.justified and not change.is_first_stable:
        yield at(f"from {change.old} to {change.new} is more than the change needs", "version")


def _for_nothing(change: VersionChange) -> Iterator[Breach]:
    if not change.differs and change.new > change.old and not change.is_first_stable:
        yield at(f"nothing has changed between {change.old} and {change.new}", "version")


VERSION_RULES: tuple[Rule[VersionChange], ...] = (
    Rule("JYN601", Level.NONE, _lowered),
    Rule("JYN602", Level.NONE, _too_high),
    Rule("JYN603", Level.NONE, _for_nothing),
)
#: Findings that are about documents, not about two versions of one: a definition that is gone, a waiver without use.
GONE = "JYN604"
UNUSED_WAIVER = "JYN605"
