"""Findings as SARIF 2.1.0, the format of code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html; numbers of sections
below are of this page.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from jeyn.version import VERSION
from jeyn_gen.diagnostics.codes import CODES, Code
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.diagnostics.source import extent

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PAGE = "https://github.com/jeyn-dev/jeyn/blob/main/docs/findings.md"
# The name that code scanning knows the root of the repository by.
_ROOT = "%SRCROOT%"
#: How fingerprints are computed; persisted: another computation gets another name.
_FINGERPRINT = "jeynFinding/v1"
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_LINE_NUMBER = re.compile(r"\bline [0-9]+")


def as_sarif(report: Report) -> str:
    """One log with one run, its rules the table of codes. ASCII alone, so that no locale can spoil the file."""
    driver = {
        "name": "Jeyn",
        "semanticVersion": VERSION,
        "informationUri": "https://github.com/jeyn-dev/jeyn",
        "rules": [_rule(code) for code in CODES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"jeyn/{report.command.replace(' --', '-')}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": list(_results(report)),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "shortDescription": {"text": f"{code.title[0].upper()}{code.title[1:]}."},
        "fullDescription": {"text": code.why},
        "help": {
            "text": f"{code.why}\n\nExample:\n{code.example}\n\nFix: {code.fix}",
            "markdown": f"{code.why}\n\n```yaml\n{code.example}\n```\n\n**Fix**: {code.fix}",
        },
        "helpUri": f"{_PAGE}#{code.code.lower()}",
        "defaultConfiguration": {"level": code.severity},
    }


def _results(report: Report) -> Iterator[dict[str, Any]]:
    indices = {code: index for index, code in enumerate(CODES)}
    seen: Counter[str] = Counter()
    for finding in report.findings:
        line = report.sources.line(finding.location)
        print_of = _fingerprint(finding, line or "", seen)
        message = finding.message + (f"\nfix: {finding.fix}" if finding.fix else "")
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": indices[finding.code],
            "level": finding.severity,
            "message": {"text": _message(message)},
            "locations": [{"physicalLocation": _place(finding, line, report.prefix)}],
            "partialFingerprints": {_FINGERPRINT: print_of},
        }
        if finding in report.details:
            result["properties"] = dict(report.details[finding])
        yield result


def _place(finding: Finding, line: str | None, prefix: str) -> dict[str, Any]:
    from urllib.parse import quote

    place = finding.location
    region = {"startLine": place.line, "startColumn": place.column}
    if line is not None:
        region["endColumn"] = place.column + max(extent(line, place.column), 1)
    uri = quote((prefix + place.path).encode("utf-8", "surrogateescape"))
    return {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}, "region": region}


def _message(text: str) -> str:
    """Text as a message string: braces are doubled (3.11.5), and brackets are no links (3.11.6)."""
    shown = "\n".join(map(printable, text.split("\n")))
    return _LINK.sub(r"\\[", shown.replace("{", "{{").replace("}", "}}"))


def _fingerprint(finding: Finding, line: str, seen: Counter[str]) -> str:
    """What stays the same where lines above are added or removed, or the line is indented: which of its like it is."""
    import hashlib

    message = _LINE_NUMBER.sub("line", finding.message)
    text = "\0".join([finding.location.path, finding.code, message, line.strip()])
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
