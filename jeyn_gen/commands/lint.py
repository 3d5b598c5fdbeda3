"""Find everything that is wrong in the documents, by themselves and together. Exit 1 if anything is."""

from __future__ import annotations

import argparse
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.settings import find_root
from jeyn_gen.diagnostics.finding import Finding, has_errors
from jeyn_gen.diagnostics.render import as_json, as_text
from jeyn_gen.load.project import Project, load_project

EXAMPLE = "jeyn lint catalogs/digits --format json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report only findings in these files and folders")
    parser.add_argument("--staged", action="store_true", help="look at what is staged, not at the working tree")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if not options.staged:
        root = find_root(context.folder)
        return _report(context, options, load_project(root), root)
    from jeyn.cli.passed import LINT
    from jeyn_gen.commands.staged import staged_project

    with staged_project(context.folder) as staged:
        project = load_project(staged.root)
        if not project.findings:
            staged.remember(LINT)
        return _report(context, options, project, staged.place)


def _report(context: Context, options: argparse.Namespace, project: Project, root: Path) -> int:
    """Print the findings of a project whose folder in the working tree is `root`; the exit code."""
    places = [_relative(context, root, project.root, path) for path in options.paths]
    findings = [one for one in project.findings if _is_in(one, places)]
    checked = len(project.documents)
    if options.format == "json":
        print_json(as_json(findings, checked))
    else:
        print(as_text(findings, checked, color=context.color))
    return 1 if has_errors(findings) or (options.strict and findings) else 0


def _relative(context: Context, root: Path, looked_at: Path, path: str) -> str:
    absolute = (context.folder / path).resolve()
    if not absolute.is_relative_to(root):
        raise AskError(f"{path} is outside the project {root}" if absolute.exists() else f"there is no {path}")
    relative = absolute.relative_to(root)
    if not (looked_at / relative).exists():
        raise AskError(f"there is no {path}")
    return relative.as_posix()


def _is_in(finding: Finding, places: list[str]) -> bool:
    path = finding.location.path
    return not places or any(place in (path, ".") or path.startswith(f"{place}/") for place in places)
