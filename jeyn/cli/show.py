"""Show one recorded artefact: what it is, where it comes from, what it was made from. Or an entry of a run itself."""

from __future__ import annotations

import argparse
from typing import Any

from jeyn.cli.command import Context, print_json
from jeyn.cli.shapes import artefact_json, run_entry_json, size
from jeyn.model.artefact import Placed
from jeyn.model.references import Recorded, parse_reference
from jeyn.project import Project

EXAMPLE = "jeyn show digit-recognition#latest"
_IN_FIELDS = ("schema", "run", "pipeline", "commit", "dirty")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("reference", metavar="REF", help="NAME#NUMBER, NAME@MAJOR#latest or sha256:PREFIX")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    project = context.project
    found = _of_a_run(project, options.reference)
    item = run_entry_json(found) if found else artefact_json(project.resolve(options.reference), project.index)
    if options.format == "json":
        print_json(item)
        return 0
    if found:
        print(f"{item['ref']}  {item['kind']}")
        _print_fields(item)
        _print_details(item["details"])
        return 0
    print(f"{item['ref']}  {item['kind']} of {item['definition']}")
    _print_fields(item)
    for blob in item["blobs"]:
        print(f"  file        {blob['name']}  {size(blob['bytes'])}  {blob['digest'][:19]}")
    for edge in item["relationships"]:
        print(f"  {edge['type']}  {edge['target']}  {edge['digest'][:19]}")
    _print_metadata(item["metadata"])
    return 0


def _of_a_run(project: Project, reference: str) -> Placed | None:
    """What is recorded of a run itself, if that is what a reference names: it stands in the stream of its pipeline."""
    try:
        parsed = parse_reference(reference)
    except ValueError:
        return None
    if not isinstance(parsed, Recorded) or parsed.number is None or parsed.line:
        return None
    entry = project.ledger.streams.read(parsed.name, parsed.number)
    return Placed(parsed.number, entry) if entry is not None and entry.artefact is None else None


def _print_fields(item: dict[str, Any]) -> None:
    commit = item["commit"] + ("  (a snapshot of an uncommitted tree)" if item["dirty"] else "")
    for name, value in (
        ("digest", item.get("digest")),
        ("commit", commit),
        ("repository", item["repository"]),
        ("run", item["run"]),
        ("step", "/".join(part for part in (item["pipeline"], item["step"], item["item"]) if part)),
        ("image", item["image"]),
        ("actor", item["actor"]),
        ("created", item["created"]),
    ):
        if value:
            print(f"  {name.ljust(11)} {value}")


def _print_metadata(metadata: dict[str, Any]) -> None:
    for name, value in metadata.items():
        if name == "profile":
            for feature, facts in value.items():
                told = "  ".join(f"{key} {fact}" for key, fact in facts.items())
                print(f"  feature     {feature}  {told}")
        elif isinstance(value, dict):
            for key, one in value.items():
                print(
                    f"  {name.removesuffix('s').ljust(11)} {key}  {one:g}"
                    if isinstance(one, float)
                    else f"  {name.ljust(11)} {key}  {one}"
                )
        elif not isinstance(value, list):
            print(f"  {name.ljust(11)} {value}")


def _print_details(details: dict[str, Any]) -> None:
    """Of a run's start or end, or of the items of a step: what the fields do not say yet."""
    _print_metadata({name: value for name, value in details.items() if name not in _IN_FIELDS})
    for step in details.get("steps", ()):
        told = f"{step['name']}  {step['status']}" if isinstance(step, dict) else "/".join(filter(None, step))
        print(f"  step        {told}")
