"""Findings as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jeyn_gen.diagnostics.excerpt import excerpt, printable
from jeyn_gen.diagnostics.finding import ERROR, Finding
from jeyn_gen.diagnostics.source import Sources

_RED, _YELLOW, _BLUE, _CYAN = "31", "33", "34", "36"


def as_text(findings: Sequence[Finding], checked: int, *, color: bool = False, sources: Sources | None = None) -> str:
    """One block per finding and a closing line that counts them; with `sources`, each with the line it is in.

    The first line of each block is `PATH:LINE:COLUMN: SEVERITY CODE: MESSAGE`, which editors recognise.
    """
    blocks: list[str] = []
    before = None
    for finding in findings:
        # What is found several times in one place shows the place once.
        shown = sources if finding.location != before else None
        blocks.append("\n".join(block(finding, color=color, sources=shown)))
        before = finding.location
    gap = "\n" if sources is None else "\n\n"
    return "".join(f"{one}{gap}" for one in blocks) + closing(findings, checked)


def block(finding: Finding, *, color: bool = False, sources: Sources | None = None) -> Iterator[str]:
    """The lines of one finding."""
    tint = _RED if finding.severity == ERROR else _YELLOW
    label = _painted(f"{finding.severity} {finding.code}", tint, color)
    yield f"{printable(str(finding.location))}: {label}: {printable(finding.message)}"
    line = sources.line(finding.location) if sources else None
    if line is not None:
        shown, carets = excerpt(line, finding.location.column)
        margin = f"{finding.location.line} |"
        indent = carets.removesuffix(carets.lstrip())
        yield f"  {_painted(margin, _BLUE, color)} {shown}".rstrip()
        below = _painted("|".rjust(len(margin)), _BLUE, color)
        yield f"  {below} {indent}{_painted(carets.lstrip(), tint, color)}"
    if finding.fix:
        yield f"  {_painted('fix:', _CYAN, color)} {printable(finding.fix)}"


def closing(findings: Sequence[Finding], checked: int, noun: str = "document") -> str:
    """How many there are, and how many of them could be mended at once."""
    mendable = sum(finding.edit is not None for finding in findings)
    errors = sum(finding.severity == ERROR for finding in findings)
    counts = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"
    hint = f"{mendable} of them can be mended by `jeyn lint --fix`\n" if mendable else ""
    return f"{hint}checked {_count(checked, noun)}: {counts if findings else 'no findings'}"


def as_json(findings: Sequence[Finding], checked: int, prefix: str = "") -> dict[str, Any]:
    """The shape `jeyn.findings/1`; `prefix` is the project's folder in its repository, as in a Report."""
    return {
        "schema": "jeyn.findings/1",
        "findings": [
            {
                "path": printable(prefix + finding.location.path),
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


def _painted(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
