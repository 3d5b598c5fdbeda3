"""Write the typed code that follows from the documents into generated/. Nothing is written if lint has errors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.model.names import Version
from jeyn.settings import find_root
from jeyn.version import VERSION
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
        files = [{"path": one.path, "state": one.state, "made_by": one.made_by or None} for one in found]
        print_json({"schema": "jeyn.drift/1", "files": files})
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
    for line in _of_other_makers(found):
        print(line)
    if not found:
        print(f"{files} files are up to date")
    elif check:
        print("run `jeyn generate` and commit the result")


def _of_other_makers(found: list[Drift]) -> Iterator[str]:
    """What to say of each other Jeyn that made files which this one makes anew, or removes."""
    others = [one for one in found if one.made_by and (one.made_by != VERSION or one.is_only_remade)]
    for maker in sorted({one.made_by for one in others}):
        made = [one for one in others if one.made_by == maker]
        only = sum(one.is_only_remade for one in made)
        this = f"Jeyn {VERSION}" if maker != VERSION else "another build of it"
        yield f"{_files(len(made))} made by Jeyn {maker}; this is {this}"
        if only:
            yield f"{_files(only)} made anew for no other reason"
        if _is_newer(maker):
            yield f"Jeyn {maker} is newer: `pip install 'jeyn[gen]=={maker}'` leaves them as they are"


def _files(number: int) -> str:
    return "1 file is" if number == 1 else f"{number} files are"


def _is_newer(maker: str) -> bool:
    try:
        return Version.parse(maker) > Version.parse(VERSION)
    except ValueError:
        return False
