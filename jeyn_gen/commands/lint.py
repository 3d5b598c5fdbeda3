"""Find everything that is wrong in the documents, by themselves and together. Exit 1 if anything is."""

from __future__ import annotations

import argparse
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.settings import find_root
from jeyn_gen.diagnostics.finding import Finding, has_errors
from jeyn_gen.diagnostics.render import as_json, as_text
from jeyn_gen.load.project import load_project

EXAMPLE = "jeyn lint catalogs/digits --format json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report only findings in these files and folders")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    root = find_root(context.folder)
    project = load_project(root)
    places = [_relative(context, root, path) for path in options.paths]
    findings = [one for one in project.findings if _is_in(one, places)]
    checked = len(project.documents)
    if options.format == "json":
        print_json(as_json(findings, checked))
    else:
        print(as_text(findings, checked, color=context.color))
    return 1 if has_errors(findings) or (options.strict and findings) else 0


def _relative(context: Context, root: Path, path: str) -> str:
    absolute = (context.folder / path).resolve()
    if not absolute.exists():
        raise AskError(f"there is no {path}")
    if not absolute.is_relative_to(root):
        raise AskError(f"{path} is outside the project {root}")
    return absolute.relative_to(root).as_posix()


def _is_in(finding: Finding, places: list[str]) -> bool:
    path = finding.location.path
    return not places or any(place in (path, ".") or path.startswith(f"{place}/") for place in places)
