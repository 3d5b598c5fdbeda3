"""Explain the code of a finding: what it says, why that is an error, an example, and the fix."""

from __future__ import annotations

import argparse
import textwrap

from jeyn.cli.command import Context, print_json, print_table
from jeyn.errors import AskError
from jeyn_gen.diagnostics.codes import CODES

EXAMPLE = "jeyn explain JYN301"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as JYN104; all codes without one")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(_context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if options.code is not None and options.code.upper() not in CODES:
        raise AskError(f"there is no code {options.code}", "`jeyn explain` lists all codes")
    rows = [CODES[options.code.upper()]] if options.code else list(CODES.values())
    if options.format == "json":
        keys = ("code", "title", "severity", "why", "example", "fix")
        print_json({"schema": "jeyn.codes/1", "codes": [{key: getattr(row, key) for key in keys} for row in rows]})
    elif options.code is None:
        print_table(("code", "severity", "what"), [(row.code, row.severity, row.title) for row in rows])
    else:
        row = rows[0]
        print(f"{row.code} ({row.severity}): {row.title}\n")
        print(textwrap.fill(row.why, 100))
        print(f"\nexample:\n{textwrap.indent(row.example, '    ')}\n")
        print(textwrap.fill(f"fix: {row.fix}", 100))
    return 0
