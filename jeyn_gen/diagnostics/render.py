"""Findings as text for people and as JSON for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from jeyn_gen.diagnostics.finding import ERROR, Finding


def as_text(findings: Sequence[Finding], checked: int, *, color: bool = False) -> str:
    """One block per finding and a closing line that counts them."""
    lines: list[str] = []
    for finding in findings:
        tint = ("\x1b[31m" if finding.severity == ERROR else "\x1b[33m") if color else ""
        plain = "\x1b[0m" if color else ""
        lines.append(
            f"{printable(str(finding.location))}: {tint}{finding.severity} {finding.code}{plain}:"
            f" {printable(finding.message)}"
        )
        if finding.fix:
            lines.append(f"  fix: {printable(finding.fix)}")
    errors = sum(finding.severity == ERROR for finding in findings)
    counts = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"
    lines.append(f"checked {_count(checked, 'document')}: {counts if findings else 'no findings'}")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding], checked: int) -> dict[str, Any]:
    """The shape `jeyn.findings/1`."""
    return {
        "schema": "jeyn.findings/1",
        "findings": [
            {
                "path": printable(finding.location.path),
                "line": finding.location.line,
                "column": finding.location.column,
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "fix": finding.fix,
            }
            for finding in findings
        ],
        "checked": checked,
    }


def printable(text: str) -> str:
    """Text from a document without what a terminal would obey or cannot show: escapes for control and direction
    characters, for ends of line, and for the bytes of a file's name that are no text.
    """
    if text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" else char
        for char in text
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
