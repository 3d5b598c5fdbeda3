"""Write the typed code that follows from the documents into generated/. Nothing is written if lint has errors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.settings import find_root
from jeyn_gen.commands.reporting import place_in_repository, sources_below
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import ERROR, Finding, Location, has_errors
from jeyn_gen.diagnostics.formats import FORMATS, add_format
from jeyn_gen.diagnostics.render import as_text
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.emit.project import project_units
from jeyn_gen.emit.units import Unit
from jeyn_gen.load.project import Project, load_project
from jeyn_gen.publish.files import CHANGED, MISSING, ORPHAN, Drift, drift, publish

EXAMPLE = "jeyn generate --check"
_DRIFT = {
    MISSING: ("JYN701", "the documents give this file, which is not there"),
    CHANGED: ("JYN702", "the documents give another content for this file"),
    ORPHAN: ("JYN703", "no document gives this file"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is not up to date")
    add_format(parser)


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    is_report = options.format not in ("text", "json")
    if is_report and not options.check:
        raise AskError(f"--format {options.format} reports what is not up to date", "add --check")
    root = find_root(context.folder)
    project = load_project(root)
    if has_errors(project.findings):
        if is_report:
            print(FORMATS[options.format](_lint_report(root, project)))
        else:
            _print_errors(context, project)
        return 1
    units = project_units(project.definitions, project.plans)
    found = drift(root, units) if options.check else publish(root, units)
    if options.format == "json":
        print_json({"schema": "jeyn.drift/1", "files": [{"path": one.path, "state": one.state} for one in found]})
    elif is_report:
        print(FORMATS[options.format](_drift_report(root, units, found)))
    else:
        _print(found, len(units), check=options.check)
    return 1 if options.check and found else 0


def bring_up_to_date(context: Context) -> bool:
    """Regenerate what is stale, saying so. False if the documents have errors, which are printed."""
    root = find_root(context.folder)
    project = load_project(root)
    if has_errors(project.findings):
        _print_errors(context, project)
        return False
    for one in publish(root, project_units(project.definitions, project.plans)):
        context.say(f"generate: {one.path} was {one.state}")
    return True


def _errors(project: Project) -> list[Finding]:
    return [one for one in project.findings if one.severity == ERROR]


def _print_errors(context: Context, project: Project) -> None:
    print(as_text(_errors(project), len(project.documents), color=context.color), file=sys.stderr)


def _lint_report(root: Path, project: Project) -> Report:
    """Why nothing can be generated."""
    return Report(
        command="generate --check",
        findings=_errors(project),
        checked=[document.path for document in project.documents],
        sources=sources_below(root),
        prefix=place_in_repository(root),
    )


def _drift_report(root: Path, units: list[Unit], found: list[Drift]) -> Report:
    return Report(
        command="generate --check",
        findings=[made(Location(one.path), *_DRIFT[one.state]) for one in found],
        checked=sorted({unit.path for unit in units} | {one.path for one in found}),
        noun="generated file",
        prefix=place_in_repository(root),
    )


def _print(found: list[Drift], files: int, *, check: bool) -> None:
    done = {"missing": "written", "changed": "rewritten", "orphan": "removed"}
    for one in found:
        print(f"{one.state if check else done[one.state]}: {one.path}")
    if not found:
        print(f"{files} files are up to date")
    elif check:
        print("run `jeyn generate` and commit the result")
