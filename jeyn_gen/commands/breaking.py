"""Judge what changed in the documents since a revision: what breaks, whom, and which version each needs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jeyn.cli.command import Context
from jeyn.cli.passed import BREAKING
from jeyn.git.trees import has_commits
from jeyn.settings import find_root, state_folder
from jeyn_gen.change.judge import Bump, Judged, Judgement, judge
from jeyn_gen.commands.reporting import place_in_repository, sources_below
from jeyn_gen.commands.revision import documents_at
from jeyn_gen.commands.staged import staged_project
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import has_errors
from jeyn_gen.diagnostics.formats import FORMATS, add_format
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.load.project import load_project

EXAMPLE = "jeyn breaking --against origin/main"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    add_against(parser)
    parser.add_argument("--staged", action="store_true", help="judge what is staged, not the working tree")
    parser.add_argument("--all", action="store_true", help="show also what the declared versions are high enough for")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too, unless they are waived")
    add_format(parser)


def add_against(parser: argparse.ArgumentParser) -> None:
    """The revision that the documents are compared with."""
    what = "the revision to compare with (default: where this branch left the default branch)"
    parser.add_argument("--against", metavar="REV", help=what)


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if not options.staged:
        root = find_root(context.folder)
        return _judge(context, options, root, root)
    with staged_project(context.folder) as staged:
        if not has_commits(staged.top):
            context.say("there is no commit to compare with yet")
            return 0
        return _judge(context, options, staged.root, staged.place, staged.remember)


def _judge(
    context: Context,
    options: argparse.Namespace,
    root: Path,
    place: Path,
    remember: Callable[[str], None] | None = None,
) -> int:
    """Judge the documents below `root` as those of the project that has its `place` in the repository."""
    project = load_project(root, state_folder(place))
    if has_errors(project.findings):  # what cannot be read whole cannot be judged
        judgement = Judgement(tuple(Judged(finding, "") for finding in project.findings), ())
    else:
        old = documents_at(root, project.documents, options.against, place)
        judgement = judge(old.documents, project, covered=options.all)
        if remember and not judgement.found and options.against is None:
            remember(BREAKING)
    prefix = place_in_repository(place)
    report = Report(
        command="breaking",
        findings=[one.finding for one in judgement.found],
        checked=[document.path for document in project.documents],
        sources=sources_below(root),
        prefix=prefix,
        color=context.color,
        strict=options.strict,
        details={one.finding: _details(one) for one in judgement.found},
        totals={"bumps": [_bump_json(bump, prefix) for bump in judgement.bumps]},
    )
    print(FORMATS[options.format](report))
    for line in lacking(judgement) if options.format == "text" else ():
        print(line)
    is_strict = options.strict and any(not one.waived for one in judgement.found)
    return 1 if judgement.is_broken or is_strict else 0


def _details(one: Judged) -> dict[str, Any]:
    """What findings about changes have besides, in `jeyn.findings/1`."""
    return {"required_bump": str(one.required_bump), "subject": one.subject, "waived": one.waived}


def _bump_json(bump: Bump, prefix: str) -> dict[str, Any]:
    return {
        "name": bump.name,
        "from": str(bump.old),
        "required": str(bump.required),
        "declared": str(bump.declared),
        "kind": bump.kind,
        "path": prefix + bump.path,
        "required_bump": str(bump.level),
    }


def lacking(judgement: Judgement) -> Iterator[str]:
    """A line for each version that is not high enough, and what to do."""
    bumps = [bump for bump in judgement.bumps if not bump.suffices]
    for bump in bumps:
        needed = f"{bump.kind} {bump.name}: {bump.old} needs {bump.required}, {bump.declared} is declared"
        yield f"{needed} ({printable(bump.path)})"
    if bumps:
        yield "`jeyn bump` writes these versions"
