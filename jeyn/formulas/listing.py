"""The objects behind a `files` recipe: which there are, and which of them no batch holds yet."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jeyn.errors import AskError, StepError
from jeyn.model.artefact import Entry
from jeyn.model.plain_text import escaped, is_plain


@dataclass(frozen=True, slots=True, order=True)
class ListedObject:
    """An object as its store lists it: URL, size in bytes, and an etag that changes when its content may have."""

    url: str
    bytes: int
    etag: str


def list_objects(url: str, root: Path) -> list[ListedObject]:
    """The objects that a URL glob names, sorted by URL.

    A path is relative to the project's root, and so are the URLs of its objects. AskError for a URL of a kind that
    this version does not read.
    """
    pattern = _pattern(url, root)
    found: list[ListedObject] = []
    for name in glob.glob(pattern, recursive=True):  # noqa: PTH207  # Path.glob takes no absolute pattern
        path = Path(name)
        if path.is_file() and not path.name.startswith("."):
            is_within = path.is_relative_to(root)
            shown = path.relative_to(root).as_posix() if is_within else name
            if not is_plain(shown):
                raise AskError(f"the name of the file {escaped(shown)} is not UTF-8", "rename it")
            found.append(_listed(shown if is_within else path.as_uri(), path))
    return sorted(found)


def check_unchanged(one: ListedObject, root: Path) -> None:
    """StepError where an object is no longer what was listed: what was read of it may be of two states."""
    path = local_path(one.url, root)
    if not path.is_file() or _listed(one.url, path) != one:
        raise StepError(
            f"{one.url} changed while it was read",
            "run again when it is written; best write it under a name that begins with a dot, and rename it then",
        )


def new_objects(listed: Iterable[ListedObject], batches: Iterable[Entry], root: Path) -> list[ListedObject]:
    """Those listed objects that no earlier batch was made from.

    An object that was touched but holds the same bytes as before is not new.
    """
    known: dict[str, list[Mapping[str, Any]]] = {}
    for entry in batches:
        for one in entry.artefact.metadata.get("objects", ()) if entry.artefact else ():
            known.setdefault(one["url"], []).append(one)
    return [one for one in listed if not _is_known(one, known.get(one.url, ()), root)]


def recorded(objects: Iterable[ListedObject], root: Path) -> list[dict[str, Any]]:
    """Objects as a batch records them, each with the SHA-256 of its content. StepError for one that is gone."""
    objects = list(objects)
    for one in objects:
        check_unchanged(one, root)
    return [
        {"url": one.url, "bytes": one.bytes, "etag": one.etag, "sha256": _sha256(local_path(one.url, root))}
        for one in objects
    ]


def local_path(url: str, root: Path) -> Path:
    """The file behind an object's URL."""
    if url.startswith("file:"):
        return Path(unquote(urlsplit(url).path))
    return root / url


def _listed(url: str, path: Path) -> ListedObject:
    status = path.stat()
    return ListedObject(url, status.st_size, f"{status.st_mtime_ns:x}")


def _pattern(url: str, root: Path) -> str:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return unquote(parts.path)
    if parts.scheme and len(parts.scheme) > 1:
        raise AskError(f"{url}: objects of {parts.scheme}:// cannot be read yet", "use a folder or a file:// URL")
    return url if Path(url).is_absolute() else f"{glob.escape(str(root))}/{url}"


def _is_known(one: ListedObject, known: Iterable[Mapping[str, Any]], root: Path) -> bool:
    same_size = [before for before in known if before["bytes"] == one.bytes]
    if any(before["etag"] == one.etag for before in same_size):
        return True
    if not same_size:
        return False
    content = _sha256(local_path(one.url, root))
    return any(before["sha256"] == content for before in same_size)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
