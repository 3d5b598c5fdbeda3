"""Write the typed code that follows from the documents into generated/. Nothing is written if lint has errors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.settings import find_root
from jeyn_gen.diagnostics.finding import ERROR, has_errors
from jeyn_gen.diagnostics.render import as_text
from jeyn_gen.emit.project import project_units
from jeyn_gen.emit.units import Unit
from jeyn_gen.load.project import Project, load_project
from jeyn_gen.publish.files import Drift, drift, publish

EXAMPLE = "jeyn generate --check"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is not up to date")
    parser.add_argument(
        "--staged", action="store_true", help="follow what is staged; exit 1 if something is to be staged"
    )
    parser.add_argument("--add", action="store_true", help="with --staged: stage it too, and exit 0")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if options.staged:
        return _run_staged(context, options)
    if options.add:
        raise AskError("--add goes with --staged")
    root = find_root(context.folder)
    units = _units(context, load_project(root))
    if units is None:
        return 1
    found = drift(root, units) if options.check else publish(root, units)
    _report(options, found, len(units), ["run `jeyn generate` and commit the result"] if options.check else ())
    return 1 if options.check and found else 0


def _run_staged(context: Context, options: argparse.Namespace) -> int:
    if options.add and options.check:
        raise AskError("--check writes nothing, and --add would")
    from jeyn.cli.passed import GENERATE, LINT
    from jeyn_gen.commands.bringing import Brought, advice, bring
    from jeyn_gen.commands.staged import staged_project

    with staged_project(context.folder) as staged:
        project = load_project(staged.root)
        units = _units(context, project)
        if units is None:
            return 1
        found = drift(staged.root, units) if options.check else publish(staged.root, units)
        brought = Brought(staged) if options.check else bring(staged, found, add=options.add)
        if brought.is_complete or not found:
            for check in [GENERATE] if project.findings else [GENERATE, LINT]:
                brought.staged.remember(check)
    _report(options, found, len(units), ["run `jeyn generate --staged`"] if options.check else advice(brought))
    return 0 if brought.is_complete or not found else 1


def bring_up_to_date(context: Context) -> bool:
    """Regenerate what is stale, saying so. False if the documents have errors, which are printed."""
    root = find_root(context.folder)
    units = _units(context, load_project(root))
    if units is None:
        return False
    for one in publish(root, units):
        context.say(f"generate: {one.path} was {one.state}")
    return True


def _units(context: Context, project: Project) -> list[Unit] | None:
    if has_errors(project.findings):
        errors = [one for one in project.findings if one.severity == ERROR]
        print(as_text(errors, len(project.documents), color=context.color), file=sys.stderr)
        return None
    return project_units(project.definitions, project.plans)


def _report(options: argparse.Namespace, found: list[Drift], files: int, advice: Iterable[str]) -> None:
    if options.format == "json":
        print_json({"schema": "jeyn.drift/1", "files": [{"path": one.path, "state": one.state} for one in found]})
        return
    done = {"missing": "written", "changed": "rewritten", "orphan": "removed"}
    for one in found:
        print(f"{one.state if options.check else done[one.state]}: {one.path}")
    for line in advice if found else [f"{files} files are up to date"]:
        print(line)
