"""Tell what is missing on this machine for each command, and with -e in that environment and its cluster.

Nothing is changed. Exit 1 if something that is needed is missing, 4 if the cluster does not answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from jeyn.cli.command import Context, print_json
from jeyn.errors import JeynError, Unreachable
from jeyn.inspection.check import MISSING, OK, UNKNOWN, Check
from jeyn.inspection.deployed import of_cluster
from jeyn.inspection.machine import of_machine, of_record
from jeyn.project import Project

EXAMPLE = "jeyn doctor -e production"
_MARKS = {OK: ("✓", "32"), MISSING: ("✗", "31"), UNKNOWN: ("?", "33")}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    found: list[Check] = []
    project, code = context.project, 0

    def tell(one: Check) -> None:
        found.append(one)
        if options.format == "text":
            _print(context, one)

    try:
        for one in _checks(project):
            tell(one)
    except JeynError as error:  # what cannot be asked for is told among the rest
        code = error.exit_code if isinstance(error, Unreachable) else 0
        tell(Check("cluster", UNKNOWN if code else MISSING, error.message, error.fix))
    if options.format == "json":
        print_json({"schema": "jeyn.doctor/1", "checks": [one.to_json() for one in found]})
    return code or (1 if any(one.status == MISSING for one in found) else 0)


def _checks(project: Project) -> Iterator[Check]:
    environment = project.settings.environment
    yield from of_machine(project)
    if environment.deployment is not None:
        yield from of_cluster(project.settings.project, environment, environment.deployment, project.parts.cluster)
    else:
        yield from of_record(project)


def _print(context: Context, one: Check) -> None:
    mark, color = _MARKS[one.status]
    print(f"{context.paint(mark, color)} {one.name}: {one.message}")
    if one.fix:
        print(f"    fix: {one.fix}")
