"""Find everything that is wrong in the documents, by themselves and together. Exit 1 if anything is.

With -e also what is promoted is compared with what the ledger of that environment holds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from jeyn.cli.command import Context
from jeyn.environments import SettingError
from jeyn.errors import AskError
from jeyn.settings import check_environment, find_root, state_folder
from jeyn_gen.commands.mending import mend
from jeyn_gen.commands.reporting import place_in_repository, sources_below
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import Finding, has_errors, in_order
from jeyn_gen.diagnostics.formats import FORMATS, add_format
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.load.project import Project, load_project

EXAMPLE = "jeyn lint catalogs/digits --format json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report only findings in these files and folders")
    parser.add_argument("--staged", action="store_true", help="look at what is staged, not at the working tree")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    parser.add_argument("--fix", action="store_true", help="first mend what can be mended in one safe way")
    add_format(parser)


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if options.staged:
        return _run_staged(context, options)
    root = find_root(context.folder)
    check_environment(root, context.environment)
    places = [_relative(context, root, root, path) for path in options.paths]
    fixed: list[Finding] = []
    if options.fix:
        project, fixed = mend(root, lambda path: _is_in(path, places))
        _tell(fixed, to=sys.stdout if options.format == "text" else sys.stderr)
    else:
        project = load_project(root, state_folder(root))
    project = _with_promotions(context, project)
    return _report(context, options, project, root, places, fixed)


def _with_promotions(context: Context, project: Project) -> Project:
    """With -e also what is wrong with what is promoted, against the ledger of that environment."""
    if not context.environment:
        return project
    from jeyn_gen.commands.promoted import promotion_findings

    try:
        recorded = context.project
    except SettingError:  # a finding tells where, among all others
        return project
    try:
        found = list(promotion_findings(project, recorded))
    finally:
        recorded.close()
    return replace(project, findings=tuple(in_order([*project.findings, *found])))


def _run_staged(context: Context, options: argparse.Namespace) -> int:
    if options.fix:
        raise AskError("--fix mends the working tree, and --staged does not look at it", "leave one of them out")
    from jeyn.cli.passed import LINT
    from jeyn_gen.commands.staged import staged_project

    with staged_project(context.folder) as staged:
        project = load_project(staged.root, state_folder(staged.place))
        if not project.findings:
            staged.remember(LINT)
        places = [_relative(context, staged.place, staged.root, path) for path in options.paths]
        return _report(context, options, project, staged.place, places)


def _report(
    context: Context,
    options: argparse.Namespace,
    project: Project,
    root: Path,
    places: list[str],
    fixed: Iterable[Finding] = (),
) -> int:
    """Print the findings of a project whose folder in the working tree is `root`; the exit code."""
    findings = [one for one in project.findings if _is_in(one.location.path, places)]
    prefix = place_in_repository(root)
    report = Report(
        command="lint",
        findings=findings,
        checked=[document.path for document in project.documents if _is_in(document.path, places)],
        sources=sources_below(project.root),
        prefix=prefix,
        color=context.color,
        strict=options.strict,
        totals={"fixed": [_as_json(one, prefix) for one in fixed]} if options.fix else {},
    )
    print(FORMATS[options.format](report))
    return 1 if has_errors(findings) or (options.strict and findings) else 0


def _tell(fixed: Iterable[Finding], to: TextIO) -> None:
    for finding in fixed:
        row = _as_json(finding, "")
        print(
            f"fixed: {row['path']}:{row['line']}:{row['column']}: {row['code']}: {row['old']} is now {row['new']}",
            file=to,
        )


def _as_json(fixed: Finding, prefix: str) -> dict[str, Any]:
    assert fixed.edit is not None, "it was mended by its edit"
    place = fixed.location
    return {
        "path": printable(prefix + place.path),
        "line": place.line,
        "column": place.column,
        "code": fixed.code,
        "old": printable(fixed.edit.old),
        "new": printable(fixed.edit.new),
    }


def _relative(context: Context, root: Path, looked_at: Path, path: str) -> str:
    """A path as it is in the project at `root`, whose files are looked at below another folder."""
    absolute = (context.folder / path).resolve()
    if not absolute.is_relative_to(root):
        raise AskError(f"{path} is outside the project {root}" if absolute.exists() else f"there is no {path}")
    relative = absolute.relative_to(root)
    if not (looked_at / relative).exists():
        raise AskError(f"there is no {path}")
    return relative.as_posix()


def _is_in(path: str, places: list[str]) -> bool:
    return not places or any(place in (path, ".") or path.startswith(f"{place}/") for place in places)
