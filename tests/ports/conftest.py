"""Fixtures of the contract suites: one store of every implementation, and a folder that nobody can write to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from dapr_stores import KINDS
from faulty_proxy import FaultyProxy
from implementations import BLOB_STORES, KEY_VALUE_STORES, OpenBlobStore, OpenKeyValueStore, behind_dapr, in_a_bucket
from object_blobs import PATIENCE, OpenObjectBlobs
from real_servers import or_skip
from unprivileged import permissions
from versity import VersityGateway

from jeyn.adapters.objects import open_object_store
from jeyn.ports import BlobStore, KeyValueStore


@pytest.fixture(params=[*KEY_VALUE_STORES, *KINDS], ids=lambda one: getattr(one, "name", f"dapr-{one}"))
def kind_of_store(request: pytest.FixtureRequest) -> OpenKeyValueStore:
    if isinstance(request.param, OpenKeyValueStore):
        return request.param
    stores = request.getfixturevalue("dapr_stores")
    with or_skip():
        return behind_dapr(stores.empty(request.param))


@pytest.fixture
def keys(kind_of_store: OpenKeyValueStore, tmp_path: Path) -> Iterator[KeyValueStore]:
    """An empty key-value store."""
    store = kind_of_store.open(tmp_path)
    yield store
    store.close()


@pytest.fixture(params=[*BLOB_STORES, "s3"], ids=lambda one: getattr(one, "name", one))
def kind_of_blobs(request: pytest.FixtureRequest) -> OpenBlobStore:
    if isinstance(request.param, OpenBlobStore):
        return request.param
    request.getfixturevalue("s3_environment")
    return in_a_bucket(request.getfixturevalue("s3_server"), request.getfixturevalue("s3_bucket"))


@pytest.fixture
def s3_environment(s3_server: VersityGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process's environment holds what a client of the S3 server needs, and nothing else for S3."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in s3_server.client_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def blobs(kind_of_blobs: OpenBlobStore, tmp_path: Path) -> BlobStore:
    """An empty blob store."""
    return kind_of_blobs.open(tmp_path / "blobs")


@pytest.fixture
def object_url(s3_bucket: str) -> str:
    return f"s3://{s3_bucket}/some/where"


@pytest.fixture
def stored_object(s3_server: VersityGateway, s3_bucket: str) -> Callable[[str], Path]:
    """Where the server has the bytes of a blob of `object_url`, by digest."""
    return lambda digest: s3_server.file(s3_bucket, f"some/where/sha256/{digest[7:9]}/{digest[9:]}")


@pytest.fixture
def s3_proxy(s3_server: VersityGateway, s3_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    """Between this process and the S3 server."""
    with FaultyProxy(s3_server.port) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


@pytest.fixture
def open_object_blobs(object_url: str, tmp_path: Path, s3_proxy: FaultyProxy) -> OpenObjectBlobs:
    """Opens the store at `object_url` by way of the proxy."""
    return lambda cache="cache", patience=PATIENCE: open_object_store(object_url, tmp_path / cache, patience=patience)


@pytest.fixture
def with_permissions() -> Iterator[Callable[[Path, int], AbstractContextManager[None]]]:
    """Gives a folder permissions that bind root too, until the test ends."""
    with ExitStack() as stack:
        yield lambda folder, mode: stack.enter_context(permissions(folder, mode))
