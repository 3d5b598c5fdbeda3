"""Write the typed code that follows from the documents into generated/. Nothing is written if lint has errors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.settings import find_root
from jeyn_gen.diagnostics.finding import ERROR, has_errors
from jeyn_gen.diagnostics.render import as_text
from jeyn_gen.emit.project import project_units
from jeyn_gen.emit.units import Unit
from jeyn_gen.load.project import load_project
from jeyn_gen.publish.files import Drift, drift, publish

EXAMPLE = "jeyn generate --check"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is not up to date")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    root = find_root(context.folder)
    units = _units(context, root)
    if units is None:
        return 1
    found = drift(root, units) if options.check else publish(root, units)
    if options.format == "json":
        print_json({"schema": "jeyn.drift/1", "files": [{"path": one.path, "state": one.state} for one in found]})
    else:
        _print(found, len(units), check=options.check)
    return 1 if options.check and found else 0


def bring_up_to_date(context: Context) -> bool:
    """Regenerate what is stale, saying so. False if the documents have errors, which are printed."""
    root = find_root(context.folder)
    units = _units(context, root)
    if units is None:
        return False
    for one in publish(root, units):
        context.say(f"generate: {one.path} was {one.state}")
    return True


def _units(context: Context, root: Path) -> list[Unit] | None:
    project = load_project(root)
    if has_errors(project.findings):
        errors = [one for one in project.findings if one.severity == ERROR]
        print(as_text(errors, len(project.documents), color=context.color), file=sys.stderr)
        return None
    return project_units(project.definitions, project.plans)


def _print(found: list[Drift], files: int, *, check: bool) -> None:
    done = {"missing": "written", "changed": "rewritten", "orphan": "removed"}
    for one in found:
        print(f"{one.state if check else done[one.state]}: {one.path}")
    if not found:
        print(f"{files} files are up to date")
    elif check:
        print("run `jeyn generate` and commit the result")
