"""Findings as a test report in JUnit's XML, as Jenkins, GitLab and others read it.

It has no standard; what is written here keeps https://github.com/jenkinsci/xunit-plugin (junit-10.xsd).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import ERROR, Finding
from jeyn_gen.diagnostics.render import block
from jeyn_gen.diagnostics.report import Report

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def as_junit(report: Report) -> str:
    """A test case per file that was checked, a failure per finding in it; warnings are output, unless `strict`."""
    found: dict[str, list[Finding]] = {path: [] for path in report.checked}
    for finding in report.findings:
        found.setdefault(finding.location.path, []).append(finding)
    cases = {path: list(_case(path, findings, report)) for path, findings in sorted(found.items())}
    failed = sum(any(_fails(finding, report) for finding in findings) for findings in found.values())
    counts = f'name="jeyn {report.command}" tests="{len(cases)}" failures="{failed}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<testsuites {counts}>",
        f'  <testsuite {counts} skipped="0">',
        *(f"    {line}" for lines in cases.values() for line in lines),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def _case(path: str, findings: Sequence[Finding], report: Report) -> Iterator[str]:
    folder, _, name = path.rpartition("/")
    head = f'testcase classname="{_escaped(folder)}" name="{_escaped(name)}" file="{_escaped(report.prefix + path)}"'
    if not findings:
        yield f"<{head}/>"
        return
    yield f"<{head}>"
    warned = [finding for finding in findings if not _fails(finding, report)]
    for finding in findings:
        if _fails(finding, report):
            message = f'type="{finding.code}" message="{_escaped(finding.message)}"'
            yield f"  <failure {message}>{_told(finding, report)}</failure>"
    if warned:
        told = "\n".join(_told(finding, report) for finding in warned)
        yield f"  <system-out>{told}</system-out>"
    yield "</testcase>"


def _fails(finding: Finding, report: Report) -> bool:
    return report.strict or finding.severity == ERROR


def _told(finding: Finding, report: Report) -> str:
    return "\n".join(map(_escaped, block(finding, sources=report.sources)))


def _escaped(text: str) -> str:
    """Text for an element or an attribute, of characters that XML allows."""
    return printable(text).translate(_ESCAPED)
