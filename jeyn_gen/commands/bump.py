"""Write the version that each change needs into its document, and let what pins a line that moved pin the new one."""

from __future__ import annotations

import argparse
import codecs
import os
import shutil
from pathlib import Path
from typing import Any

from jeyn.cli.command import Context, print_json
from jeyn.errors import AnswerIsNo, AskError
from jeyn.settings import find_root, state_folder
from jeyn_gen.change.bump import Bumped, bump
from jeyn_gen.commands.breaking import add_against
from jeyn_gen.commands.reporting import place_in_repository
from jeyn_gen.commands.revision import documents_at
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.diagnostics.finding import Finding, has_errors, in_order
from jeyn_gen.diagnostics.render import as_json, as_text
from jeyn_gen.load.documents import Document
from jeyn_gen.load.project import resolve
from jeyn_gen.load.reading import read_documents

EXAMPLE = "jeyn bump --against origin/main"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    add_against(parser)
    keep = "on a new major, leave the file as it was, and write the new content beside it"
    parser.add_argument("--keep", action="store_true", help=keep)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would be")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    root = find_root(context.folder)
    state = state_folder(root)
    read, findings = read_documents(root, state)
    documents = tuple(read)
    if has_errors(findings):
        return _refuse(context, options, root, in_order(findings), len(documents))
    old = documents_at(root, documents, options.against)
    bumped = bump(old.documents, documents, keep=options.keep)
    # Before anything is written: a pin that nothing could follow, or a consumer of a line that was kept.
    project = resolve(root, bumped.documents, [], state)
    if has_errors(project.findings):
        return _refuse(context, options, root, list(project.findings), len(project.documents))
    _see_that_there_is_room(root, bumped)
    if not options.check:
        _write(root, documents, bumped, old.held)
    if options.format == "json":
        print_json(_json(bumped))
    else:
        _print(bumped, check=options.check)
    return 1 if options.check and (bumped.rises or bumped.repins or bumped.kept) else 0


def _refuse(context: Context, options: argparse.Namespace, root: Path, findings: list[Finding], checked: int) -> int:
    if options.format == "json":
        print_json(as_json(findings, checked, place_in_repository(root)))
    else:
        print(as_text(findings, checked, color=context.color))
        print("nothing is written: mend these first")
    return 1


def _write(root: Path, documents: tuple[Document, ...], bumped: Bumped, held: dict[str, bytes]) -> None:
    before = {document.path: document.text for document in documents}
    texts = {one.path: one.text for one in bumped.documents if before.get(one.path) != one.text}
    marks = {path: _mark(root / path) for path in before.keys() & texts.keys()}
    marks |= {kept.beside: marks.get(kept.path, b"") for kept in bumped.kept}
    contents = {path: marks.get(path, b"") + text.encode() for path, text in texts.items()}
    contents |= {kept.path: held[kept.was] for kept in bumped.kept}
    for path, content in contents.items():
        _replace(root / path, content)


def _see_that_there_is_room(root: Path, bumped: Bumped) -> None:
    for kept in bumped.kept:
        if os.path.lexists(root / kept.beside):
            raise AnswerIsNo(f"{kept.beside} is there already", "rename it, or bump without --keep")


def _mark(path: Path) -> bytes:
    """The byte order mark that a file begins with, if it does."""
    with path.open("rb") as file:
        return codecs.BOM_UTF8 if file.read(3) == codecs.BOM_UTF8 else b""


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, with the mode that it had; a link stays one."""
    target = path.resolve()
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        scratch.write_bytes(content)
        if target.exists():
            shutil.copymode(target, scratch)
        scratch.replace(target)
    except OSError as error:
        raise AskError(f"{path} cannot be written: {error.strerror}", "see that it may be written") from None
    finally:
        scratch.unlink(missing_ok=True)


def _json(bumped: Bumped) -> dict[str, Any]:
    """The shape `jeyn.bump/1`."""
    return {
        "schema": "jeyn.bump/1",
        "bumps": [
            {
                "name": rise.name,
                "kind": rise.kind,
                "path": printable(rise.path),
                "from": str(rise.old),
                "declared": str(rise.declared),
                "to": str(rise.new),
            }
            for rise in bumped.rises
        ],
        "repinned": [
            {"path": printable(one.path), "subject": one.subject, "from": one.old, "to": one.new}
            for one in bumped.repins
        ],
        "kept": [{"path": printable(one.path), "beside": printable(one.beside)} for one in bumped.kept],
    }


def _print(bumped: Bumped, *, check: bool) -> None:
    for rise in bumped.rises:
        print(f"{printable(rise.path)}: {rise.kind} {rise.name} {rise.declared} -> {rise.new}")
    for repin in bumped.repins:
        print(f"{printable(repin.path)}: {printable(repin.subject)} {repin.old} -> {repin.new}")
    for kept in bumped.kept:
        print(f"{printable(kept.path)} stays as it was; the new line is {printable(kept.beside)}")
    if not (bumped.rises or bumped.repins or bumped.kept):
        print("every version is high enough")
    elif check:
        print("nothing is written: run `jeyn bump`")
