"""The documents of a project as a commit holds them; only those that differ from the working tree's are read."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jeyn.errors import AskError
from jeyn.git.blobs import blob_id
from jeyn.git.repository import Repository
from jeyn.git.trees import branch_point, contents
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import FOLDERS, SUFFIXES, Document, read_document


@dataclass(frozen=True, slots=True)
class Revision:
    """What was in a commit: its documents, and the bytes of those that are not in the working tree.

    A document that the working tree has too, under whatever path, is that very object. One that could not be read is
    left out: its mistakes are not this change's.
    """

    commit: str
    documents: tuple[Document, ...]
    held: dict[str, bytes]


def documents_at(
    root: Path, documents: tuple[Document, ...], against: str | None, place: Path | None = None
) -> Revision:
    """The documents at a revision, else where the branch left the default branch; AskError without git or commit.

    `documents` were read below `root`; the project has its `place` in the repository, there if nothing else is said.
    """
    place = place or root
    repository = Repository.find(place)
    commit = repository.resolve(against) if against is not None else branch_point(repository.top)
    if not place.is_relative_to(repository.top):  # GIT_DIR names another
        raise AskError(f"{place} is not in the git repository of {repository.top}", "unset GIT_DIR and GIT_WORK_TREE")
    prefix = place.relative_to(repository.top).as_posix()
    ids = _ids(repository, commit, place, "" if prefix == "." else f"{prefix}/")
    here = _blobs(root, documents, digits=len(commit))
    bytes_of = contents(repository.top, [blob for blob in ids.values() if blob not in here])
    found: list[Document] = []
    held: dict[str, bytes] = {}
    for path, blob in ids.items():
        if blob in here:
            found.append(here[blob])
        elif (document := _read(path, bytes_of[blob])) is not None:
            found.append(document)
            held[path] = bytes_of[blob]
    return Revision(commit, tuple(found), held)


def _ids(repository: Repository, commit: str, root: Path, prefix: str) -> dict[str, str]:
    """The blob of each document in the commit, by its path from the project's root."""
    ids = [pair for folder in FOLDERS for pair in repository.blob_ids(commit, root / folder).items()]
    return {path.removeprefix(prefix): blob for path, blob in ids if _is_document(path.removeprefix(prefix))}


def _is_document(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return path.endswith(SUFFIXES) and not any(part.startswith((".", "__pycache__")) for part in parts)


def _blobs(root: Path, documents: tuple[Document, ...], *, digits: int) -> dict[str, Document]:
    """The documents by what git calls their content. A link's content is not the document's."""

    def pairs() -> Iterator[tuple[str, Document]]:
        for document in documents:
            if not (root / document.path).is_symlink():
                yield blob_id(root / document.path, digits=digits), document

    return dict(pairs())


def _read(path: str, data: bytes) -> Document | None:
    findings: list[Finding] = []
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    document = read_document(path, text, findings)
    return document if document.definition is not None else None
