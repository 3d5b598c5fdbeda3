"""A finding: one thing that is wrong in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: `path` relative to the project (POSIX), `line` and `column` from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Edit:
    """What a finding's fix comes to where there is exactly one that is safe: another text for the scalar at its place.

    `old` is the scalar's value. Its quotes stay, unless what is written is to be `bare`.
    """

    old: str
    new: str
    bare: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong at a place, and how to put it right. Sorts by place; the edit follows from the rest."""

    location: Location
    code: str
    message: str
    fix: str = ""
    severity: str = ERROR
    edit: Edit | None = field(default=None, compare=False)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by place, each once."""
    return sorted(set(findings))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them is more than a warning."""
    return any(finding.severity == ERROR for finding in findings)
