"""The codes as a page of documentation, and what somebody may mean who asks for one that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jeyn.model.spelling import nearest
from jeyn_gen.diagnostics.codes import CODES, GROUPS, Code

_HEAD = """# Findings

Made by `jeyn explain --format markdown`; a test compares this page with the code. `jeyn explain CODE` tells the same of
one. Codes are never reused.

What `jeyn lint --fix` mends by itself is what can be meant in one way only: a misspelt key, dtype, kind or reference
where nothing else is near, `yes` and `no` for true and false, numbers in quotes, versions of less than three numbers.
"""
_MOST_SUGGESTED = 3


def as_markdown(rows: Iterable[Code]) -> str:
    """The rows, each below a heading that is its code."""
    return "\n".join(line for row in rows for line in _section(row)).rstrip()


def as_page() -> str:
    """All codes in Markdown, listed and then explained."""
    lines = [_HEAD, "| code | severity | what |", "|---|---|---|"]
    lines += [f"| [{row.code}](#{row.code.lower()}) | {row.severity} | {row.title} |" for row in CODES.values()]
    for start, title in GROUPS.items():
        rows = [row for row in CODES.values() if row.code.startswith(start)]
        if rows:
            lines += ["", f"## {title}", "", as_markdown(rows)]
    return "\n".join(lines)


def suggested(asked: str) -> list[str]:
    """Codes that may be meant by a code that is not there, a part of one, or a word of what one says."""
    word = asked.strip().upper()
    if any(char.isdigit() for char in word):
        near = nearest(word, CODES)
        found = [code for code in CODES if word in code] or ([near] if near else [])
    else:
        found = [row.code for row in CODES.values() if word in _words(row.title)]
        found = found or [row.code for row in CODES.values() if word in _words(row.why)]
    return found[:_MOST_SUGGESTED]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.upper())


def _section(row: Code) -> Iterator[str]:
    yield f"### {row.code}"
    yield ""
    yield f"**{row.title}** ({row.severity})"
    yield ""
    yield row.why
    yield ""
    yield f"```{'python' if row.example.startswith('def ') else 'yaml'}"
    yield row.example
    yield "```"
    yield ""
    yield f"Fix: {row.fix}"
    yield ""
