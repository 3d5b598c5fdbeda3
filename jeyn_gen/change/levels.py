"""What a change asks of a version: nothing, a patch, a minor or a major."""

from __future__ import annotations

from enum import IntEnum

from jeyn.model.names import Version


class Level(IntEnum):
    """Which number of a version is raised; `str` gives `major`, `minor`, `patch` or `none`."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


def asked_of(version: Version, needs: Level) -> Level:
    """The number that must be raised: before 1.0 a minor takes the place of a major, and a patch that of a minor."""
    return needs if version.major or needs <= Level.PATCH else Level(needs - 1)


def raised(version: Version, level: Level) -> Version:
    """The next version by one of its numbers."""
    match level:
        case Level.MAJOR:
            return Version(version.major + 1, 0, 0)
        case Level.MINOR:
            return Version(version.major, version.minor + 1, 0)
        case Level.PATCH:
            return Version(version.major, version.minor, version.patch + 1)
        case Level.NONE:
            return version


def declared(old: Version, new: Version) -> Level:
    """The first number that is higher than it was; none where the version is the same or lower."""
    if new <= old:
        return Level.NONE
    if new.major > old.major:
        return Level.MAJOR
    return Level.MINOR if new.minor > old.minor else Level.PATCH
