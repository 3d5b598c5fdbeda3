"""Which checks of staged content have passed, so that a hook on the same content is done after one question to git.

A line of `.jeyn/passed` is the digest of a check, of Jeyn itself and of all that the check read. Whatever is new (an
option, a version, a staged file) makes another digest, and a file that is missing or damaged knows nothing.
"""

# ruff: noqa: PTH110, PTH118, PTH120, PTH123
# (pathlib takes 10 ms to import)
from __future__ import annotations

import os
import sys

from jeyn.git.listing import branches, can_list, staged_listing
from jeyn.version import VERSION

try:
    from _blake2 import blake2b  # what hashlib has, but without loading OpenSSL, which takes 4 ms
except ImportError:  # an implementation of Python without it
    from hashlib import blake2b

TYPE_CHECKING = False  # see `jeyn`
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LINT, GENERATE, BREAKING = "lint", "generate", "breaking"
#: The options beside `--staged` that make no difference where a check passes without anything to say.
_OPTIONS: dict[str, tuple[str, ...]] = {LINT: ("--strict",), GENERATE: ("--check", "--add"), BREAKING: ()}
_FILE = os.path.join(".jeyn", "passed")
_MOST_LINES = 100
_SIZE = 20


def before(arguments: Sequence[str]) -> bool:
    """Whether `jeyn ARGUMENTS…` has passed on what is staged now; False wherever that is not certain."""
    question = _question(arguments)
    if question is None:
        return False
    check, folder = question
    start = os.path.realpath(folder)
    root = _nearest(start)
    if root is None:
        return False
    listing = staged_listing(root)
    return bool(listing) and _digest(check, root, start, listing) in _lines(root)


def remember(check: str, root: str, start: str, read: Iterable[str], seen: Mapping[str, str]) -> None:
    """Note that a check, started in the folder `start`, passed and had nothing to say about the project at `root`.

    `read` are the paths that it read, `seen` the blobs of all staged files below the root, and of `.gitmodules`.
    Nothing is noted unless git lists just these: another `git add` may have come between.
    """
    if not _is_possible():
        return
    listing = staged_listing(root)
    listed = _blobs(listing)
    if any(path not in listed for path in read) or any(seen.get(path) != blob for path, blob in listed.items()):
        return
    digest = _digest(check, root, start, listing)
    if digest is None:
        return
    others = [line for line in _lines(root) if line not in ("", digest)]
    _write(root, "".join(f"{line}\n" for line in [*others[1 - _MOST_LINES :], digest]))


def _is_possible() -> bool:
    # JEYN_STATE says that nothing is to be kept beside the project, and it may be one folder for several.
    return can_list() and not os.environ.get("JEYN_STATE")


def _question(arguments: Sequence[str]) -> tuple[str, str] | None:
    """The check and the folder that arguments ask about, where its answer may be known; None for any other."""
    words, folder = list(arguments), "."
    if len(words) > 2 and words[0] == "-C":
        folder, words = words[1], words[2:]
    check = words[0]
    if check not in _OPTIONS or not _is_possible():
        return None
    known = {"--staged", *_OPTIONS[check]}
    return (check, folder) if known.issuperset(words[1:]) and "--staged" in words else None


def _nearest(start: str) -> str | None:
    """The nearest folder from `start` upward where a check has passed.

    That a nearer one has become a project meanwhile shows in the listing.
    """
    folder = start
    while not os.path.exists(os.path.join(folder, _FILE)):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def _digest(check: str, root: str, start: str, listing: bytes) -> str | None:
    """That of the check and of all that it reads; None where one question to git cannot tell all of that."""
    compared = branches(root) if check == BREAKING else b""
    if check == BREAKING and not compared:
        return None
    facts = (VERSION, sys.version, _jeyn_itself(), check, os.path.relpath(start, root))
    digest = blake2b(repr(facts).encode(errors="surrogateescape"), digest_size=_SIZE)
    digest.update(listing)
    digest.update(compared)
    return digest.hexdigest()


def _jeyn_itself() -> list[tuple[str, int, int]]:
    """The files of the generator and of the model, with size and time: another Jeyn may judge otherwise."""
    package = os.path.dirname(os.path.dirname(__file__))
    folders = [os.path.join(package, "model"), os.path.join(os.path.dirname(package), "jeyn_gen")]
    found: list[tuple[str, int, int]] = []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    found.append((entry.path, status.st_size, status.st_mtime_ns))
                elif entry.is_dir() and entry.name != "__pycache__":
                    folders.append(entry.path)
    return sorted(found)


def _blobs(listing: bytes) -> dict[str, str]:
    """Blob by path of a listing."""
    records = [record.partition("\t") for record in os.fsdecode(listing).split("\0")[:-1]]
    return {path: facts.split(" ")[1] for facts, _, path in records}


def _lines(root: str) -> list[str]:
    try:
        with open(os.path.join(root, _FILE), encoding="utf-8", errors="replace") as file:
            return file.read().split("\n")
    except OSError:
        return []


def _write(root: str, text: str) -> None:
    from pathlib import Path

    from jeyn.local_files import write_ignored

    try:
        write_ignored(Path(root, _FILE), text)
    except OSError:  # a disk that is full or read-only: the check is made again next time
        return
