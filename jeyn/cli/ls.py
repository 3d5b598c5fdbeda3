"""List what is recorded, newest first, or what the project defines."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from jeyn.cli.command import Context, print_json, print_table
from jeyn.cli.shapes import artefact_json, artefact_summary, size
from jeyn.errors import Unreachable
from jeyn.model.artefact import BATCH, CHECKPOINT, LIVE, REPORT, RUN_FINISHED, RUN_STARTED, Placed

if TYPE_CHECKING:
    from jeyn.ledger.index import ReadIndex

EXAMPLE = "jeyn ls checkpoints --limit 5"
_RECORDED = {"batches": BATCH, "checkpoints": CHECKPOINT, "reports": REPORT}
_DEFINED = {"catalogs": "CATALOG", "formulas": "FORMULA", "use-cases": "USE_CASE", "pipelines": "PLAN"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    kinds = (*_RECORDED, "runs", "live", *_DEFINED)
    parser.add_argument("what", nargs="?", choices=kinds, metavar="WHAT", help=f"one of {', '.join(kinds)}")
    parser.add_argument("--offline", action="store_true", help="what was seen last, without asking the ledger")
    parser.add_argument("--limit", type=int, default=-1, metavar="N", help="at most so many")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    head: tuple[str, ...] = ("reference", "kind", "digest", "size", "commit", "created")
    row = _artefact_row
    index = None if options.what in _DEFINED else _index(context, options)
    if index is None:
        items, head, row = _definitions(context, options.what), ("name", "version", "description"), _definition_row
    elif options.what == "runs":
        items, head, row = _runs(index, options.limit), ("run", "pipeline", "status", "commit", "seconds"), _run_row
    elif options.what == "live":
        items, head, row = _live(index, options.limit), ("environment", "commit", "since", "promoted"), _live_row
    else:
        kinds = [_RECORDED[options.what]] if options.what else list(_RECORDED.values())
        found = index.of_kinds(kinds, options.limit)
        items = [artefact_json(one, index) if options.format == "json" else artefact_summary(one) for one in found]
    as_of = index.as_of() if index else ""
    if options.format == "json":
        print_json({"schema": "jeyn.list/1", "items": items, **({"as_of": as_of} if as_of else {})})
    else:
        print_table(head, [row(item) for item in items])
    if options.offline:
        print(f"as of {as_of or 'never: nothing was seen of this ledger yet'}", file=sys.stderr)
    return 0


def _index(context: Context, options: argparse.Namespace) -> ReadIndex:
    project = context.project
    if options.offline:
        return project.last_seen
    try:
        return project.index
    except Unreachable as error:
        raise Unreachable(error.message, f"{error.fix}; `jeyn ls --offline` lists what was seen last") from error


def _artefact_row(item: dict[str, Any]) -> tuple[str, ...]:
    total = size(sum(blob["bytes"] for blob in item["blobs"]))
    commit = item["commit"][:12] + ("*" if item["dirty"] else "")
    return item["ref"], item["kind"], item["digest"][:19], total, commit, item["created"][:19]


def _runs(index: ReadIndex, limit: int) -> list[dict[str, Any]]:
    ended = {placed.entry.origin.run: placed for placed in index.of_kinds([RUN_FINISHED])}
    started = list(index.of_kinds([RUN_STARTED], limit))
    return [
        dict(ended[one.entry.origin.run].entry.details) if one.entry.origin.run in ended else _open(one)
        for one in started
    ]


def _open(started: Placed) -> dict[str, Any]:
    """A run without an end: it goes on, or was killed."""
    origin = started.entry.origin
    return {
        "schema": "jeyn.run/1",
        "run": origin.run,
        "pipeline": origin.pipeline,
        "commit": origin.commit,
        "dirty": origin.dirty,
        "status": "open",
        "seconds": None,
        "steps": [],
    }


def _live(index: ReadIndex, limit: int) -> list[dict[str, Any]]:
    """Which commit each environment served, and since when."""
    return [
        {"schema": "jeyn.live/1", "commit": one.entry.origin.commit, "since": one.entry.created, **one.entry.details}
        for one in index.of_kinds([LIVE], limit)
    ]


def _live_row(item: dict[str, Any]) -> tuple[str, ...]:
    promoted = ", ".join(f"{source}: {target[:40]}" for source, target in item["promoted"].items())
    return item["environment"], item["commit"][:12], item["since"][:19], promoted


def _run_row(item: dict[str, Any]) -> tuple[str, ...]:
    seconds = "" if item["seconds"] is None else f"{item['seconds']:.2f}"
    return item["run"], item["pipeline"], item["status"], item["commit"][:12] + ("*" if item["dirty"] else ""), seconds


def _definitions(context: Context, what: str) -> list[dict[str, Any]]:
    """What `generated/` defines: the documents as they were last generated."""
    import importlib

    context.project.make_importable()
    package = f"generated.{what.replace('-', '_')}"
    folder = context.project.root.joinpath(*package.split("."))
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("[!_]*.py")) + sorted(folder.glob("_[!_]*.py")):
        value = getattr(importlib.import_module(f"{package}.{path.stem}"), _DEFINED[what])
        found.append(
            {"name": value.name, "version": str(value.version), "description": getattr(value, "description", "")}
        )
    return found


def _definition_row(item: dict[str, Any]) -> tuple[str, ...]:
    return item["name"], item["version"], item["description"]
