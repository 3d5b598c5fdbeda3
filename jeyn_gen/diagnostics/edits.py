"""Applying the edits of findings to the text of a file, which stays as it is everywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jeyn_gen.diagnostics.finding import Edit, Finding
from jeyn_gen.diagnostics.source import line_starts

# With an anchor, one scalar may stand in several places, each with a meaning of its own.
_ANCHOR = re.compile(r"(?:^|[\s\[{,])&[^\s\[\]{},]", re.MULTILINE)
# What does not begin an unquoted scalar.
_NO_PLAIN = frozenset("\"'&*!|>%@`")
_ENDS = frozenset(" \t\r\n\x85\u2028\u2029,:]}")


def mended(text: str, findings: Iterable[Finding]) -> tuple[str, list[Finding]]:
    """The text with the edits of findings in it, and those whose edits were made.

    An edit is passed over where its scalar is not written on one line, plain or in quotes without escapes, and where
    two edits of one scalar differ.
    """
    if _ANCHOR.search(text):
        return text, []
    starts = line_starts(text)
    spans: dict[tuple[int, int], set[str]] = {}
    found: list[tuple[Finding, tuple[int, int]]] = []
    for finding in findings:
        if finding.edit is None or finding.location.line > len(starts):
            continue
        span = _span(text, starts[finding.location.line - 1] + finding.location.column - 1, finding.edit)
        if span is not None:
            spans.setdefault(span, set()).add(finding.edit.new)
            found.append((finding, span))
    for (start, end), wanted in sorted(spans.items(), reverse=True):
        if len(wanted) == 1:
            text = text[:start] + wanted.pop() + text[end:]
        else:
            found = [(finding, span) for finding, span in found if span != (start, end)]
    return text, [finding for finding, _ in found]


def _span(text: str, at: int, edit: Edit) -> tuple[int, int] | None:
    """The part of the text to replace; None where the edit's scalar is not what stands there."""
    if not edit.old or "\n" in edit.old:
        return None
    first = text[at : at + 1]
    if first in ("'", '"'):
        end = at + len(edit.old) + 2
        if set(edit.old) & {"\\", "'", '"'} or text[at:end] != f"{first}{edit.old}{first}":
            return None
        return (at, end) if edit.bare else (at + 1, end - 1)
    end = at + len(edit.old)
    is_whole = text[at:end] == edit.old and first not in _NO_PLAIN and text[end : end + 1] in _ENDS | {""}
    return (at, end) if is_whole else None
