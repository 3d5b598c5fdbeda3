"""Reading all documents of a project: those that have not changed are remembered, the others are read side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import Document, document_paths, read_document
from jeyn_gen.load.nodes import BadDocument
from jeyn_gen.load.remembered import RememberedDocuments
from jeyn_gen.load.side_by_side import side_by_side
from jeyn_gen.load.text import read_text

_WORTH_A_PROCESS = 100


def read_documents(root: Path, state: Path | None = None) -> tuple[list[Document], list[Finding]]:
    """All documents of the project in the working tree, sorted by path, with the findings of each by itself.

    `state`: the folder where what was read is kept, so that it need not be read again.
    """
    findings: list[Finding] = []
    paths = list(document_paths(root, findings))
    remembered = RememberedDocuments(state)
    read = {path: document for path in paths if (document := _remembered(root, path, remembered))}
    others = [path for path in paths if path not in read]
    for some, found in side_by_side(partial(_read_all, root), others, _WORTH_A_PROCESS):
        read |= {document.path: document for document in some}
        findings += found
    documents = [read[path] for path in paths]
    remembered.keep(documents)
    return documents, findings


def _remembered(root: Path, path: str, remembered: RememberedDocuments) -> Document | None:
    try:
        return remembered.document(path, read_text(root, path)) if path in remembered else None
    except BadDocument:
        return None


def _read_all(root: Path, paths: Sequence[str]) -> tuple[list[Document], list[Finding]]:
    findings: list[Finding] = []
    documents: list[Document] = []
    for path in paths:
        try:
            documents.append(read_document(path, read_text(root, path), findings))
        except BadDocument as bad:
            findings.append(bad.finding)
            documents.append(Document(path, "", None, None))
    return documents, findings
