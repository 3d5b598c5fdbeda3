"""Show what was recorded as CloudEvents, one a line, oldest first; read from the ledger, without any broker."""

from __future__ import annotations

import argparse
import json
import time

from jeyn.cli.command import Context, print_json
from jeyn.ledger.events import cloud_event

EXAMPLE = "jeyn events --follow"
_PAUSE = 0.5


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--follow", action="store_true", help="go on with what is recorded from now on, until Ctrl-C")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json: all events in one object")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    project = context.project
    name = project.settings.project
    if options.format == "json" and not options.follow:
        found = [event for _, placed in project.index.since(0) if (event := cloud_event(placed, name))]
        print_json({"schema": "jeyn.events/1", "events": found})
        return 0
    seen = 0
    while True:
        for row, placed in project.index.since(seen):
            seen = row
            if event := cloud_event(placed, name):
                print(json.dumps(event, ensure_ascii=False), flush=options.follow)
        if not options.follow:
            return 0
        time.sleep(_PAUSE)
