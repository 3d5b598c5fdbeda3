"""One thing that was looked for, and what to do where it is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jeyn.errors import AskError

OK, MISSING, UNKNOWN = "ok", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """`status` is ok, missing (something that is needed is), or unknown (it could not be looked for)."""

    name: str
    status: str
    message: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Its part of `jeyn.doctor/1`."""
        return {"name": self.name, "status": self.status, "message": self.message, "fix": self.fix}


def check(name: str, is_there: bool, message: str, lacks: str, fix: str) -> Check:
    """That something is there, in a message; or what lacks, and what to do."""
    return Check(name, OK, message) if is_there else Check(name, MISSING, lacks, fix)


def as_far_as_seen(name: str, checks: Iterable[Check]) -> Iterator[Check]:
    """These checks, up to one that this user has no right to make."""
    try:
        yield from checks
    except AskError as error:
        yield Check(name, UNKNOWN, error.message, error.fix)
