"""A blob store in a bucket: `PREFIX/sha256/ab/cdef…`, as the folder store has its files."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from jeyn.adapters.object_bucket import Bucket
from jeyn.adapters.object_cache import BlobCache
from jeyn.adapters.object_parts import PART
from jeyn.adapters.object_spool import SpooledBlobWriter, open_scratch
from jeyn.errors import IntegrityError
from jeyn.model.artefact import Blob
from jeyn.model.object_url import checked_url

_KEY = re.compile(r"sha256/([0-9a-f]{2})/([0-9a-f]{62})")
PATIENCE = 30.0


def open_object_store(url: str, cache: Path, *, patience: float = PATIENCE) -> ObjectBlobStore:
    """The blob store at `s3://BUCKET/PREFIX`, `gs://…`, `az://CONTAINER/PREFIX` or `abfs://…`; nothing is sent yet.

    Credentials, endpoint and region come from the environment variables of the cloud. `cache` is a folder for local
    copies, which may be deleted at any time. `patience`: how many seconds, about, a store that does not answer is
    waited for. AskError for a URL that is not of this form or holds a credential, and where obstore is not installed.
    """
    shown = checked_url(url)
    return ObjectBlobStore(shown, Bucket(shown, patience), BlobCache(cache))


class ObjectBlobStore:
    """A BlobStore in a bucket, read through a cache.

    An object appears with its last byte. What is there already is not sent again: it is renewed by an empty object
    `renewed/ab/cdef…` beside it, and its age is that of the younger of both, since no store changes an object's date
    without its bytes.
    """

    def __init__(self, url: str, bucket: Bucket, cache: BlobCache) -> None:
        """`url` is what messages show."""
        self._url = url
        self._bucket = bucket
        self._cache = cache

    def writer(self) -> SpooledBlobWriter:
        return SpooledBlobWriter(self._cache, self._upload)

    def adopt(self, path: Path, name: str, digest: str = "") -> Blob:
        try:
            with path.open("rb") as file:
                digest = digest or f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise self._cache.unusable(error) from error
        self._upload(path, digest, size)
        self._cache.keep(path, digest)
        return Blob(name, digest, size)

    def scratch(self, suffix: str = "") -> Path:
        return self._cache.scratch(suffix)

    def exists(self, digest: str) -> bool:
        return self._bucket.size(_key(digest)) is not None

    def fetch(self, digest: str) -> Path:
        """As the port says; what the cache holds is not asked for again."""
        with suppress(IntegrityError):  # not there, or damaged: either way to be had anew
            return self._cache.fetch(digest)
        path = self._cache.scratch()
        try:
            with open_scratch(path) as file:
                actual = self._bucket.receive(_key(digest), file)
            if actual != digest:
                raise self._missing(digest) if actual is None else self._changed(digest, actual)
            return self._cache.keep(path, digest)
        except OSError as error:
            raise self._cache.unusable(error) from error
        finally:
            path.unlink(missing_ok=True)

    def check(self, digest: str) -> None:
        with Path(os.devnull).open("wb") as nowhere:
            actual = self._bucket.receive(_key(digest), nowhere)
        if actual != digest:
            raise self._missing(digest) if actual is None else self._changed(digest, actual)

    def digests(self) -> Iterator[str]:
        for key in self._bucket.keys("sha256"):
            if found := _KEY.fullmatch(key):
                yield f"sha256:{found[1]}{found[2]}"

    def _upload(self, path: Path, digest: str, size: int) -> None:
        """Make the blob exist. A small one that is there is compared, a large one trusted if its size is right."""
        key = _key(digest)
        there = self._bucket.size(key)
        try:
            if there == size and (size > PART or self._holds(key, digest)):
                self._bucket.mark(key.replace("sha256", "renewed", 1))
            else:
                self._bucket.send(key, path, size, replace=there is not None)
        except OSError as error:
            raise self._cache.unusable(error) from error

    def _holds(self, key: str, digest: str) -> bool:
        return self._bucket.receive(key, io.BytesIO()) == digest

    def _missing(self, digest: str) -> IntegrityError:
        return IntegrityError(
            f"the blob {digest} is not in {self._url}", "restore it, or run the step again with --force"
        )

    def _changed(self, digest: str, actual: str) -> IntegrityError:
        return IntegrityError(
            f"the bytes of {self._url}/{_key(digest)} have the digest {actual}, not the one in their name",
            "restore the object from a backup, or remove it and run the step that made it again with --force",
        )


def _key(digest: str) -> str:
    key = f"sha256/{digest[7:9]}/{digest[9:]}"
    assert _KEY.fullmatch(key), digest
    return key
