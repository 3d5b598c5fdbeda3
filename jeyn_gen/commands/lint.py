"""Find everything that is wrong in the documents, by themselves and together. Exit 1 if anything is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from jeyn.cli.command import Context
from jeyn.errors import AskError
from jeyn.settings import find_root
from jeyn_gen.commands.mending import mend
from jeyn_gen.commands.reporting import place_in_repository, sources_below
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import Finding, has_errors
from jeyn_gen.diagnostics.formats import FORMATS, add_format
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.load.project import load_project

EXAMPLE = "jeyn lint catalogs/digits --format json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report only findings in these files and folders")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    parser.add_argument("--fix", action="store_true", help="first mend what can be mended in one safe way")
    add_format(parser)


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    root = find_root(context.folder)
    places = [_relative(context, root, path) for path in options.paths]
    fixed: list[Finding] = []
    if options.fix:
        project, fixed = mend(root, lambda path: _is_in(path, places))
        _tell(fixed, to=sys.stdout if options.format == "text" else sys.stderr)
    else:
        project = load_project(root)
    findings = [one for one in project.findings if _is_in(one.location.path, places)]
    report = Report(
        command="lint",
        findings=findings,
        checked=[document.path for document in project.documents if _is_in(document.path, places)],
        sources=sources_below(root),
        prefix=place_in_repository(root),
        color=context.color,
        strict=options.strict,
        totals={"fixed": [*map(_as_json, fixed)]} if options.fix else {},
    )
    print(FORMATS[options.format](report))
    return 1 if has_errors(findings) or (options.strict and findings) else 0


def _tell(fixed: Iterable[Finding], to: TextIO) -> None:
    for finding in fixed:
        row = _as_json(finding)
        print(
            f"fixed: {row['path']}:{row['line']}:{row['column']}: {row['code']}: {row['old']} is now {row['new']}",
            file=to,
        )


def _as_json(fixed: Finding) -> dict[str, Any]:
    assert fixed.edit is not None, "it was mended by its edit"
    place = fixed.location
    return {
        "path": printable(place.path),
        "line": place.line,
        "column": place.column,
        "code": fixed.code,
        "old": printable(fixed.edit.old),
        "new": printable(fixed.edit.new),
    }


def _relative(context: Context, root: Path, path: str) -> str:
    absolute = (context.folder / path).resolve()
    if not absolute.exists():
        raise AskError(f"there is no {path}")
    if not absolute.is_relative_to(root):
        raise AskError(f"{path} is outside the project {root}")
    return absolute.relative_to(root).as_posix()


def _is_in(path: str, places: list[str]) -> bool:
    return not places or any(place in (path, ".") or path.startswith(f"{place}/") for place in places)
