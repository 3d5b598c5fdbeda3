"""What a command has found, for all formats to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.diagnostics.source import Sources, no_sources


@dataclass(frozen=True)
class Report:
    """Findings in order, and what is needed to show them.

    `command` is what was asked, such as `lint`. `checked` are the paths of all files that were looked at, each of them
    a `noun`; `prefix` is the project's folder in its repository (empty, or ending in `/`). `details` are further keys
    of single findings in JSON and SARIF, `totals` of the whole in JSON. With `strict`, warnings count as errors do.
    """

    command: str
    findings: Sequence[Finding]
    checked: Sequence[str]
    noun: str = "document"
    sources: Sources = field(default_factory=no_sources)
    prefix: str = ""
    color: bool = False
    strict: bool = False
    details: Mapping[Finding, Mapping[str, Any]] = field(default_factory=dict)
    totals: Mapping[str, Any] = field(default_factory=dict)
