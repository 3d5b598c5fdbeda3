"""A bucket, or a prefix of one, through obstore: bounded waits, bounded memory, and errors that are Jeyn's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from jeyn.adapters.object_client import open_client
from jeyn.adapters.object_errors import is_absent, translated
from jeyn.adapters.object_parts import IN_FLIGHT, PART, SLOWEST, part_bytes, pieces, side_by_side
from jeyn.adapters.scratch_writer import write_all
from jeyn.errors import Unreachable
from jeyn.forks import claim_process

_TRIES = 3
_KEYS_PER_PAGE = 1000


class Bucket:
    """Objects by key. Every method may raise Unreachable, or AskError where trying again cannot help.

    A store that does not answer is given up after about `patience` seconds; one that answers, but slowly, when a part
    of 8 MiB takes longer than that and 128 KiB/s allow.
    """

    def __init__(self, url: str, patience: float) -> None:
        """Nothing is sent yet. AskError where obstore is not there, or cannot take the URL in this environment."""
        self._url = url
        # The longest failure is three waits in a row: for a request, for what cleans up after it, and for a last look.
        wait = patience / 3
        a_part = patience + PART / SLOWEST
        self._asking = open_client(url, wait, timeout=wait)
        self._sending = open_client(url, wait, timeout=a_part)
        self._receiving = open_client(url, wait, timeout=a_part, read_timeout=wait)

    def size(self, key: str) -> int | None:
        """The size of an object in bytes, or None where there is none."""
        import obstore

        with self._telling("look for a blob"):
            try:
                return obstore.head(self._asking, key)["size"]
            except FileNotFoundError:
                return None

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below a prefix, page by page, in no order."""
        import obstore

        with self._telling("list blobs"):
            for page in obstore.list(self._asking, prefix, chunk_size=_KEYS_PER_PAGE):
                yield from (found["path"] for found in page)

    def mark(self, key: str) -> None:
        """Write an empty object, anew if it is there."""
        import obstore

        with self._telling("renew a blob's age"):
            obstore.put(self._asking, key, b"", use_multipart=False)

    def send(self, key: str, path: Path, size: int, *, replace: bool) -> None:
        """Make an object of a file, whole or not at all; it takes the place of what is there if `replace`.

        Otherwise a small file is created by one request, which leaves alone what appears meanwhile. A large one goes
        in parts, several on their way at once, and their completion knows no such condition. OSError if the file
        cannot be read.
        """
        for left in reversed(range(_TRIES)):
            try:
                with path.open("rb", buffering=0) as file:
                    if self._send(key, file, size, replace=replace):
                        return
            except Unreachable:
                if not left:
                    raise
            # A cut connection says little about the next one; and it may be the answer that was lost, not the bytes.
            there = self.size(key)
            if there == size and not replace:
                return
            replace = replace or there is not None
        raise Unreachable(f"{self._url} neither takes nor holds the blob {key}", "try again")

    def receive(self, key: str, file: BinaryIO) -> str | None:
        """Write an object's bytes to a file: the digest of what was written, or None where there is no such object."""
        import obstore

        with self._telling("read a blob"):
            try:
                answer = obstore.get(self._receiving, key)
            except FileNotFoundError as error:
                if is_absent(error):
                    return None
                raise
            size = answer.meta["size"]
            first = answer.bytes() if size <= PART else None
            del answer  # a large one has only begun, and parts side by side arrive sooner
            digest = hashlib.sha256()
            for piece in [first] if first is not None else side_by_side(self._receiving, key, size):
                view = memoryview(piece)
                digest.update(view)
                write_all(file, view)
        return f"sha256:{digest.hexdigest()}"

    def _send(self, key: str, file: BinaryIO, size: int, *, replace: bool) -> bool:
        """One try; whether the object is this file now, rather than one that had appeared meanwhile."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, NotSupportedError

        with self._telling("write a blob"):
            if size > PART:
                part = part_bytes(size)
                obstore.put(self._sending, key, pieces(file, part), chunk_size=part, max_concurrency=IN_FLIGHT)
                return True
            data = file.read()
            if not replace:
                try:
                    obstore.put(self._sending, key, data, mode="create")
                except AlreadyExistsError:
                    return False
                except NotSupportedError:
                    pass  # some stores know no condition
                else:
                    return True
            obstore.put(self._sending, key, data, use_multipart=False)
        return True

    @contextmanager
    def _telling(self, action: str) -> Iterator[None]:
        """Translate what goes wrong while doing this."""
        from obstore.exceptions import BaseError

        claim_process("the object store")
        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            raise translated(error, self._url, action) from None
