"""Findings as annotations of a GitHub workflow.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
"""

from __future__ import annotations

from collections.abc import Iterator

from jeyn_gen.diagnostics.codes import CODES
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.diagnostics.render import closing
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.diagnostics.source import extent

_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def as_github(report: Report) -> str:
    """A workflow command per finding, and a closing line for the log."""
    commands = [_command(finding, report) for finding in report.findings]
    return "\n".join([*commands, closing(report.findings, len(report.checked), report.noun)])


def _command(finding: Finding, report: Report) -> str:
    message = printable(finding.message) + (f"\nfix: {printable(finding.fix)}" if finding.fix else "")
    properties = ",".join(f"{name}={value.translate(_IN_PROPERTY)}" for name, value in _properties(finding, report))
    return f"::{finding.severity} {properties}::{message.translate(_IN_DATA)}"


def _properties(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    place = finding.location
    yield "file", printable(report.prefix + place.path)
    yield "line", str(place.line)
    yield "col", str(place.column)
    line = report.sources.line(place)
    if line is not None:
        yield "endLine", str(place.line)
        yield "endColumn", str(place.column + max(extent(line, place.column), 1))
    yield "title", f"{finding.code}: {CODES[finding.code].title}"
