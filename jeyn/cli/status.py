"""Show what an environment serves: the live commit, whether it is in sync, its newest runs, what is promoted."""

from __future__ import annotations

import argparse

from jeyn.cli.command import Context, print_json, print_table
from jeyn.errors import AskError
from jeyn.inspection.live import LOST, Live, look

EXAMPLE = "jeyn status -e production"
_MOST_TOLD = 500


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most so many runs (default 10)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    project = context.project
    environment = project.settings.environment
    if environment.deployment is None:
        name = environment.name or "the embedded default"
        raise AskError(f"{name} runs no pods, so nothing is live there", "name an environment that does with -e")
    live = look(
        project.settings.project, environment.name, environment.deployment, project.parts.cluster, options.limit
    )
    if options.format == "json":
        print_json(live.to_json())
    else:
        _print(live)
    return 0


def _print(live: Live) -> None:
    print(f"{live.environment}, namespace {live.namespace}")
    print(f"commit    {live.commit or 'none is live'}")
    if live.wanted:
        also = "" if live.wanted == live.commit else f", to become {live.wanted}"
        print(f"Argo CD   {live.sync}, {live.health}{also}")
    else:
        print("Argo CD   does not know it")
    for source, target in live.promoted.items():
        print(f"promoted  {source}: {target}")
    rows = [(one.name, one.template, one.phase, one.started, one.finished) for one in live.runs]
    print_table(("run", "pipeline", "phase", "started", "finished"), rows)
    for one in live.runs:
        if one.message and one.phase in LOST:
            print(f"{one.name}: {' '.join(one.message.split())[:_MOST_TOLD]}")
