"""Check the ledger and its blobs against their digests. Exit 1 if anything is not as it was recorded."""

from __future__ import annotations

import argparse

from jeyn.cli.command import Context, print_json
from jeyn.errors import IntegrityError
from jeyn.ledger.verify import Problem, Verification, verify, verify_entries

EXAMPLE = "jeyn verify digit-recognition#latest"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("references", nargs="*", metavar="REF", help="only these artefacts (default: everything)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    found = _verify(context, options.references)
    if options.format == "json":
        print_json(
            {
                "schema": "jeyn.verification/1",
                "entries": found.entries,
                "blobs": found.blobs,
                "problems": [{"where": one.where, "message": one.message} for one in found.problems],
            }
        )
    else:
        for one in found.problems:
            print(f"{one.where}: {one.message}")
        state = f"{len(found.problems)} problems" if found.problems else "all as recorded"
        print(f"{found.entries} entries, {found.blobs} blobs: {state}")
    return 1 if found.problems else 0


def _verify(context: Context, references: list[str]) -> Verification:
    project = context.project
    try:
        if references:
            return verify_entries(project.ledger, [project.resolve(reference) for reference in references])
        found = verify(project.ledger, project.seen())
        if not found.problems:
            project.index.sync()
        return found
    except IntegrityError as error:
        return Verification(problems=[Problem("ledger", error.message)])
