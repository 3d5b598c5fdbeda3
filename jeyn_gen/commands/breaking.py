"""Judge what changed in the documents since a revision: what breaks, whom, and which version each needs."""

from __future__ import annotations

import argparse
from typing import Any

from jeyn.cli.command import Context, print_json
from jeyn.settings import find_root
from jeyn_gen.change.judge import Bump, Judged, Judgement, judge
from jeyn_gen.commands.revision import documents_at
from jeyn_gen.diagnostics.finding import has_errors
from jeyn_gen.diagnostics.render import as_json, as_text, printable
from jeyn_gen.load.project import load_project

EXAMPLE = "jeyn breaking --against origin/main"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    add_against(parser)
    parser.add_argument("--all", action="store_true", help="show also what the declared versions are high enough for")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too, unless they are waived")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def add_against(parser: argparse.ArgumentParser) -> None:
    """The revision that the working tree is compared with."""
    what = "the revision to compare with (default: where this branch left the default branch)"
    parser.add_argument("--against", metavar="REV", help=what)


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    root = find_root(context.folder)
    project = load_project(root)
    checked = len(project.documents)
    if has_errors(project.findings):  # what cannot be read whole cannot be judged
        judgement = Judgement(tuple(Judged(finding, "") for finding in project.findings), ())
    else:
        old = documents_at(root, project.documents, options.against)
        judgement = judge(old.documents, project, covered=options.all)
    if options.format == "json":
        print_json(judgement_json(judgement, checked))
    else:
        print(judgement_text(judgement, checked, color=context.color))
    is_strict = options.strict and any(not one.waived for one in judgement.found)
    return 1 if judgement.is_broken or is_strict else 0


def judgement_json(judgement: Judgement, checked: int) -> dict[str, Any]:
    """The shape `jeyn.findings/1` with what findings about changes have besides."""
    shape = as_json([one.finding for one in judgement.found], checked)
    for row, one in zip(shape["findings"], judgement.found, strict=True):
        row |= {"required_bump": str(one.required_bump), "subject": one.subject, "waived": one.waived}
    shape["bumps"] = [
        {
            "name": bump.name,
            "from": str(bump.old),
            "required": str(bump.required),
            "declared": str(bump.declared),
            "kind": bump.kind,
            "path": bump.path,
            "required_bump": str(bump.level),
        }
        for bump in judgement.bumps
    ]
    return shape


def judgement_text(judgement: Judgement, checked: int, *, color: bool = False) -> str:
    """The findings, and below them the versions that are not high enough."""
    text = as_text([one.finding for one in judgement.found], checked, color=color)
    lacking = [_line(bump) for bump in judgement.bumps if not bump.suffices]
    return "\n".join([text, *lacking, "`jeyn bump` writes these versions"] if lacking else [text])


def _line(bump: Bump) -> str:
    needed = f"{bump.kind} {bump.name}: {bump.old} needs {bump.required}, {bump.declared} is declared"
    return f"{needed} ({printable(bump.path)})"
