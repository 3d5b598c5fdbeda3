"""Write a DataCatalog from data: Parquet, CSV, JSON Lines, Arrow, NumPy, or a folder of images.

What is seen of each column stands in comments beside it; whether it may be null is stated, other rules are with
--constraints. Several files give one catalog that holds all of them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.model.names import Version, is_name

EXAMPLE = "jeyn infer data/readings.parquet --name readings --output catalogs/readings.yaml"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file of data, or a folder of images")
    parser.add_argument("--name", required=True, help="the catalog's name")
    parser.add_argument("--version", default="0.1.0", help="the catalog's version (default: 0.1.0)")
    parser.add_argument("--output", metavar="PATH", help="write it there instead of printing it")
    parser.add_argument("--force", action="store_true", help="replace the file that is there")
    parser.add_argument("--sample", type=int, metavar="ROWS", help="read at most so many rows of each file")
    parser.add_argument("--constraints", action="store_true", help="state what was seen as rules, too")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    version = _checked(options)
    output = None if options.output is None else context.folder / options.output
    if output is not None and output.exists() and not options.force:
        raise AskError(f"{options.output} is there already", "name another file, or replace it with --force")
    from jeyn_gen.infer.document import inferred
    from jeyn_gen.infer.formats import sources_of
    from jeyn_gen.infer.source import DataFile
    from jeyn_gen.infer.survey import surveyed

    files = [DataFile(context.folder / path, path) for path in options.files]
    survey = surveyed(sources_of(files, options.sample), options.sample)
    found = inferred(survey, options.name, version, constrained=options.constraints)
    if output is not None:
        _write(output, found.text, options.output, replace=options.force)
        context.say(f"infer: wrote {options.output}")
    if options.format == "json":
        print_json({"schema": "jeyn.inferred/1", "rows": survey.rows, "path": options.output, "document": found.text})
    elif output is None:
        print(found.text, end="")
    return 0


def _checked(options: argparse.Namespace) -> Version:
    """The version that is asked for; AskError for what cannot stand in a document."""
    if not is_name(options.name):
        raise AskError(f"{options.name!r} is not a name", "use lower-case letters, digits and hyphens, at most 63")
    if options.sample is not None and options.sample < 1:
        raise AskError("--sample needs at least one row")
    try:
        return Version.parse(options.version)
    except ValueError:
        raise AskError(f"{options.version!r} is not a version", "write three numbers, such as 0.1.0") from None


def _write(path: Path, text: str, shown: str, *, replace: bool) -> None:
    """Write the file whole or not at all; AskError where that is not possible, or another one has come there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            temporary.chmod(0o644)
            if replace:
                temporary.replace(path)
            else:
                path.hardlink_to(temporary)  # refused where a file is
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise AskError(f"{shown} cannot be written: {error.strerror}") from None
