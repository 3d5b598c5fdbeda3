"""Explain the code of a finding: what it says, why that is an error, an example, and the fix."""

from __future__ import annotations

import argparse
import textwrap

from jeyn.cli.command import Context, print_json, print_table
from jeyn.errors import AskError
from jeyn_gen.diagnostics.codes import CODES, Code
from jeyn_gen.diagnostics.reference import as_markdown, as_page, suggested

EXAMPLE = "jeyn explain JYN301"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as JYN104; all codes without one")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")


def run(_context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    rows = list(CODES.values()) if options.code is None else [_row(options.code)]
    if options.format == "json":
        keys = ("code", "title", "severity", "why", "example", "fix")
        print_json({"schema": "jeyn.codes/1", "codes": [{key: getattr(row, key) for key in keys} for row in rows]})
    elif options.format == "markdown":
        print(as_page() if options.code is None else as_markdown(rows))
    elif options.code is None:
        print_table(("code", "severity", "what"), [(row.code, row.severity, row.title) for row in rows])
    else:
        _print(rows[0])
    return 0


def _row(asked: str) -> Code:
    row = CODES.get(asked.strip().upper())
    if row is None:
        meant = " or ".join(f"{code} ({CODES[code].title})" for code in suggested(asked))
        raise AskError(
            f"there is no code {asked}", f"did you mean {meant}?" if meant else "`jeyn explain` lists all codes"
        )
    return row


def _print(row: Code) -> None:
    print(f"{row.code} ({row.severity}): {row.title}\n")
    print(textwrap.fill(row.why, 100))
    print(f"\nexample:\n{textwrap.indent(row.example, '    ')}\n")
    print(textwrap.fill(f"fix: {row.fix}", 100))
