"""Documents as they were read before, by their content: those that had no finding of their own.

Their definitions are kept in canonical form, one a line, and none is made of it before it is asked for.
"""

from __future__ import annotations

import hashlib
import sys
import zoneinfo
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from jeyn import model
from jeyn.model.definitions import Definition
from jeyn.model.names import Version
from jeyn_gen import diagnostics
from jeyn_gen.load.documents import Document
from jeyn_gen.load.held import Held
from jeyn_gen.load.kept import Kept, Row
from jeyn_gen.load.waivers import Waiver


class RememberedDocuments:
    """The documents of one project as the file in a state folder has them."""

    def __init__(self, state: Path | None) -> None:
        """Without a folder nothing is known, and nothing is kept."""
        self._kept = Kept(state, "documents", reader())
        self._forms = dict(zip(self._kept.rows, self._kept.content.split(b"\n"), strict=False))

    def __contains__(self, path: str) -> bool:
        """Whether a document of this path is known; its text may have been another."""
        return path in self._forms

    def document(self, path: str, text: str) -> Document | None:
        """The document, if it was read with this text."""
        row = self._kept.rows.get(path)
        if row is None or row[0] != content_digest(text.encode()):
            return None
        _, (kind, name, version), waived = row
        waivers = tuple(Waiver(code, subject, Version.parse(of), reason) for code, subject, of, reason in waived)
        held: Held[Definition] = Held(form=self._forms[path])
        return Document(path, text, held, (kind, name, version), waivers)

    def keep(self, documents: Sequence[Document]) -> None:
        """Remember these documents and no others."""
        held = {document.path: document.held for document in documents if document.held is not None}
        rows = {document.path: _row(document) for document in documents if document.held is not None}
        self._kept.replace(rows, lambda: b"\n".join(one.form for one in held.values()))


def _row(document: Document) -> Row:
    assert document.claims is not None, "who has a definition claims it"
    waived = [[one.code, one.subject, str(one.version), one.reason] for one in document.waivers]
    return [content_digest(document.text.encode()), [*document.claims], waived]


def content_digest(content: bytes) -> str:
    """What a content is known by."""
    return hashlib.sha256(content).hexdigest()


@cache
def reader() -> str:
    """A digest of what decides, beside its content, how a file is read: Jeyn, Python, libyaml, known time zones."""
    digest = hashlib.sha256(repr((sys.version, yaml.__version__, yaml.__with_libyaml__)).encode())
    for folder in map(Path, zoneinfo.TZPATH):
        digest.update(repr(folder.stat().st_mtime_ns if folder.is_dir() else None).encode())
    for folder in (Path(__file__).parent, *map(Path, (*model.__path__, *diagnostics.__path__))):
        for source in sorted(folder.glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()
