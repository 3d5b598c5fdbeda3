"""The formats that findings are printed in."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from jeyn_gen.diagnostics.github import as_github
from jeyn_gen.diagnostics.junit import as_junit
from jeyn_gen.diagnostics.render import as_json, as_text
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.diagnostics.sarif import as_sarif


def _text(report: Report) -> str:
    return as_text(report.findings, len(report.checked), color=report.color, sources=report.sources)


def _json(report: Report) -> str:
    shape = as_json(report.findings, len(report.checked), report.prefix)
    for row, finding in zip(shape["findings"], report.findings, strict=True):
        row.update(report.details.get(finding, {}))
    text = json.dumps({**shape, **report.totals}, indent=2, ensure_ascii=False)
    # The same data with escapes for what a terminal would obey, and for what no encoding can write.
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


#: Each gives the complete text, the same for the same report; none ends in a line end.
FORMATS: dict[str, Callable[[Report], str]] = {
    "text": _text,
    "json": _json,
    "github": as_github,
    "sarif": as_sarif,
    "junit": as_junit,
}


def add_format(parser: argparse.ArgumentParser) -> None:
    """The argument `--format`, whose value is a key of FORMATS."""
    known = (
        "github: annotations of a workflow; sarif: SARIF 2.1.0; junit: XML of test reports."
        " Paths in text are those of the project, in all others those of its git repository"
    )
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help=known)
