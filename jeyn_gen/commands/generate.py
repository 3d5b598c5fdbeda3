"""Write the typed code that follows from the documents into generated/. Nothing is written if lint has errors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.settings import check_environment, find_root, state_folder
from jeyn_gen.commands.makers import of_other_makers
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
    parser.add_argument(
        "--staged", action="store_true", help="follow what is staged; exit 1 if something is to be staged"
    )
    parser.add_argument("--add", action="store_true", help="with --staged: stage it too, and exit 0")
    add_format(parser)


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if options.format not in ("text", "json") and not options.check:
        raise AskError(f"--format {options.format} reports what is not up to date", "add --check")
    if options.staged:
        return _run_staged(context, options)
    if options.add:
        raise AskError("--add goes with --staged")
    root = find_root(context.folder)
    check_environment(root, context.environment)
    state = state_folder(root)
    project = load_project(root, state)
    if has_errors(project.findings):
        return _refuse(context, options, project, root)
    units = _units(project)
    found = drift(root, units, state) if options.check else publish(root, units, state)
    _report(options, root, units, found, ["run `jeyn generate` and commit the result"] if options.check else ())
    return 1 if options.check and found else 0


def _run_staged(context: Context, options: argparse.Namespace) -> int:
    if options.add and options.check:
        raise AskError("--check writes nothing, and --add would")
    from jeyn.cli.passed import GENERATE, LINT
    from jeyn_gen.commands.bringing import Brought, advice, bring
    from jeyn_gen.commands.staged import staged_project

    with staged_project(context.folder) as staged:
        project = load_project(staged.root, state_folder(staged.place))
        if has_errors(project.findings):
            return _refuse(context, options, project, staged.place)
        units = _units(project)
        found = drift(staged.root, units) if options.check else publish(staged.root, units)
        brought = Brought(staged) if options.check else bring(staged, found, add=options.add)
        if brought.is_complete or not found:
            for check in [GENERATE] if project.findings else [GENERATE, LINT]:
                brought.staged.remember(check)
    _report(options, staged.place, units, found, ["run `jeyn generate --staged`"] if options.check else advice(brought))
    return 0 if brought.is_complete or not found else 1


def bring_up_to_date(context: Context) -> bool:
    """Regenerate what is stale, saying so. False if the documents have errors, which are printed."""
    root = find_root(context.folder)
    state = state_folder(root)
    project = load_project(root, state)
    if has_errors(project.findings):
        _print_errors(context, project)
        return False
    for one in publish(root, _units(project), state):
        context.say(f"generate: {one.path} was {one.state}")
    return True


def _units(project: Project) -> list[Unit]:
    return project_units(project.definitions, project.plans, project.deployments, project.forms)


def _refuse(context: Context, options: argparse.Namespace, project: Project, root: Path) -> int:
    """Say why nothing can be generated; the exit code."""
    if options.format in ("text", "json"):
        _print_errors(context, project)
        return 1
    report = Report(
        command="generate --check",
        findings=_errors(project),
        checked=[document.path for document in project.documents],
        sources=sources_below(project.root),
        prefix=place_in_repository(root),
    )
    print(FORMATS[options.format](report))
    return 1


def _errors(project: Project) -> list[Finding]:
    return [one for one in project.findings if one.severity == ERROR]


def _print_errors(context: Context, project: Project) -> None:
    print(as_text(_errors(project), len(project.documents), color=context.color), file=sys.stderr)


def _report(
    options: argparse.Namespace, root: Path, units: Sequence[Unit], found: Sequence[Drift], advice: Iterable[str]
) -> None:
    """Print what differs, or what was done; `advice` are lines for whoever has something to do."""
    if options.format == "json":
        files = [{"path": one.path, "state": one.state, "made_by": one.made_by or None} for one in found]
        print_json({"schema": "jeyn.drift/1", "files": files})
    elif options.format == "text":
        done = {MISSING: "written", CHANGED: "rewritten", ORPHAN: "removed"}
        for one in found:
            print(f"{one.state if options.check else done[one.state]}: {one.path}")
        for line in of_other_makers(found):
            print(line)
        for line in advice if found else [f"{len(units)} files are up to date"]:
            print(line)
    else:
        report = Report(
            command="generate --check",
            findings=[made(Location(one.path), *_DRIFT[one.state]) for one in found],
            checked=sorted({unit.path for unit in units} | {one.path for one in found}),
            noun="generated file",
            prefix=place_in_repository(root),
        )
        print(FORMATS[options.format](report))
