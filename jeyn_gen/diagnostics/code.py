"""What a finding's code says."""

from __future__ import annotations

from dataclasses import dataclass

from jeyn_gen.diagnostics.finding import ERROR


@dataclass(frozen=True, slots=True)
class Code:
    """A row of the table. `example` is YAML (or Python) that has the finding."""

    code: str
    title: str
    why: str
    example: str
    fix: str
    severity: str = ERROR
