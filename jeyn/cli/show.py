"""Show one recorded artefact: what it is, where it comes from, what it was made from."""

from __future__ import annotations

import argparse
from typing import Any

from jeyn.cli.command import Context, print_json
from jeyn.cli.shapes import artefact_json, size

EXAMPLE = "jeyn show digit-recognition#latest"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("reference", metavar="REF", help="NAME#NUMBER, NAME@MAJOR#latest or sha256:PREFIX")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    project = context.project
    item = artefact_json(project.resolve(options.reference), project.index)
    project.close()
    if options.format == "json":
        print_json(item)
        return 0
    print(f"{item['ref']}  {item['kind']} of {item['definition']}")
    _print_fields(item)
    for blob in item["blobs"]:
        print(f"  file        {blob['name']}  {size(blob['bytes'])}  {blob['digest'][:19]}")
    for edge in item["relationships"]:
        print(f"  {edge['type']}  {edge['target']}  {edge['digest'][:19]}")
    _print_metadata(item["metadata"])
    return 0


def _print_fields(item: dict[str, Any]) -> None:
    commit = item["commit"] + ("  (a snapshot of an uncommitted tree)" if item["dirty"] else "")
    for name, value in (
        ("digest", item["digest"]),
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
