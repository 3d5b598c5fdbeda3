"""Mending documents by the edits of their findings."""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from jeyn.errors import AskError
from jeyn_gen.diagnostics.edits import mended
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import Document
from jeyn_gen.load.nodes import BadDocument, parse
from jeyn_gen.load.project import Project, load_project

_MOST_ROUNDS = 10


def mend(root: Path, is_asked: Callable[[str], bool]) -> tuple[Project, list[Finding]]:
    """Apply the edits of findings in files that are asked for, as long as that changes something.

    The project as it is then, and the findings that were mended, in the order of the rounds. A file that has changed
    since it was read is left to the next round; one outside the project is never written. AskError where a file cannot
    be written.
    """
    done: list[Finding] = []
    project = load_project(root)
    for _ in range(_MOST_ROUNDS):
        documents = {document.path: document for document in project.documents}
        editable = [one for one in project.findings if one.edit and is_asked(one.location.path)]
        fixed: list[Finding] = []
        for path, findings in groupby(editable, key=lambda one: one.location.path):
            fixed += _mend_file(root, documents[path], findings)
        if not fixed:
            break
        done += fixed
        project = load_project(root)
    return project, done


def _mend_file(root: Path, document: Document, findings: Iterable[Finding]) -> list[Finding]:
    text, fixed = mended(document.text, findings)
    if not fixed or not _is_sound(text, document.path):
        return []
    try:
        return fixed if _replace(root, document, text) else []
    except OSError as error:
        raise AskError(f"{document.path} cannot be written: {error.strerror}", "see that it may be written") from None


def _is_sound(text: str, path: str) -> bool:
    """Whether a text still is a document, in which no key stands twice."""
    findings: list[Finding] = []
    try:
        parse(text, path, findings)
    except BadDocument:
        return False
    return not findings


def _replace(root: Path, document: Document, text: str) -> bool:
    """Write a document's new text in one step; False if it has changed since it was read, or is not the project's."""
    file = (root / document.path).resolve()
    if not file.is_relative_to(root.resolve()):
        return False
    before = file.stat()
    data = file.read_bytes()
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    if data != mark + document.text.encode():
        return False
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(mark + text.encode())
        Path(temporary).chmod(before.st_mode & 0o7777)
        if _identity(file.stat()) != _identity(before):
            return False
        Path(temporary).replace(file)
        return True
    finally:  # an interrupt too must not leave the temporary file behind
        Path(temporary).unlink(missing_ok=True)


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
