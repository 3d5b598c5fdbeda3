"""Fixtures of the contract suites: one store of every implementation, and a folder that nobody can write to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from implementations import BLOB_STORES, KEY_VALUE_STORES, OpenBlobStore, OpenKeyValueStore
from unprivileged import permissions

from jeyn.ports import BlobStore, KeyValueStore


@pytest.fixture(params=KEY_VALUE_STORES, ids=lambda one: one.name)
def kind_of_store(request: pytest.FixtureRequest) -> OpenKeyValueStore:
    return request.param


@pytest.fixture
def keys(kind_of_store: OpenKeyValueStore, tmp_path: Path) -> Iterator[KeyValueStore]:
    """An empty key-value store."""
    store = kind_of_store.open(tmp_path)
    yield store
    store.close()


@pytest.fixture(params=BLOB_STORES, ids=lambda one: one.name)
def kind_of_blobs(request: pytest.FixtureRequest) -> OpenBlobStore:
    return request.param


@pytest.fixture
def blobs(kind_of_blobs: OpenBlobStore, tmp_path: Path) -> BlobStore:
    """An empty blob store."""
    return kind_of_blobs.open(tmp_path / "blobs")


@pytest.fixture
def with_permissions() -> Iterator[Callable[[Path, int], AbstractContextManager[None]]]:
    """Gives a folder permissions that bind root too, until the test ends."""
    with ExitStack() as stack:
        yield lambda folder, mode: stack.enter_context(permissions(folder, mode))
