"""Print the JSON Schema of a kind of document, for editors; of all kinds without one."""

from __future__ import annotations

import argparse

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.model.definitions import KINDS
from jeyn.model.spelling import nearest
from jeyn_gen.schemas.documents import as_text, document_schema

EXAMPLE = "jeyn schema > .vscode/jeyn.schema.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help=f"one of {', '.join(KINDS)}")
    what = "json: the same with a key `schema` that names its shape, for programs"
    parser.add_argument("--format", choices=("text", "json"), default="text", help=what)


def run(_context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    schema = document_schema(None if options.kind is None else _kind(options.kind))
    if options.format == "json":
        print_json({"schema": "jeyn.schema/1", **schema})
    else:
        print(as_text(schema), end="")
    return 0


def _kind(given: str) -> str:
    """The kind that was meant, in whatever case it is written."""
    by_case = {kind.lower(): kind for kind in KINDS}
    if given.lower() not in by_case:
        near = nearest(given.lower(), by_case)
        fix = f"did you mean {by_case[near]}?" if near else f"name one of {', '.join(KINDS)}, or none for all"
        raise AskError(f"there is no kind of document {given!r}", fix)
    return by_case[given.lower()]
