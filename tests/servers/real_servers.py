"""The pytest plugin of the real servers.

    dapr_store      a daprd over an empty state store, once for each kind, or for those that the test names:
                    `@pytest.mark.parametrize("dapr_store", ["sqlite", "redis"], indirect=True)`
    start_daprd     a function that starts a daprd over components; it ends with the test
    postgres_server, valkey_server, s3_server       shared by the tests of one process; a test may kill or freeze them
    s3_bucket       the name of a new, empty bucket of `s3_server`

A server that cannot be had skips the test with the reason, and fails it where the environment variable CI is set.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import component_files
import pytest
from component_files import Component
from dapr_stores import KINDS, DaprStore, DaprStores
from daprd import Daprd
from postgres import Postgres
from processes import Unavailable
from valkey_server import Valkey
from versity import VersityGateway


@contextmanager
def or_skip() -> Iterator[None]:
    """Turn a server that cannot be had into a test that is skipped, or in CI into one that fails."""
    try:
        yield
    except Unavailable as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def dapr_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaprStores]:
    """The state stores behind daprds that the tests of this process share."""
    stores = DaprStores(tmp_path_factory.mktemp("dapr"))
    yield stores
    stores.close()


@pytest.fixture(params=KINDS)
def dapr_store(request: pytest.FixtureRequest, dapr_stores: DaprStores) -> DaprStore:
    """An empty state store behind a running daprd."""
    with or_skip():
        return dapr_stores.empty(request.param)


@pytest.fixture
def start_daprd(tmp_path: Path) -> Iterator[Callable[..., Daprd]]:
    """Starts a daprd over components, with the options of `Daprd`."""
    with ExitStack() as ends:

        def start(*given: Component, **options: Any) -> Daprd:
            folder = tmp_path / f"daprd-{uuid.uuid4().hex[:8]}"
            with or_skip():
                daprd = Daprd(folder, component_files.write(given, folder / "components"), **options)
            return ends.enter_context(daprd)

        yield start


@pytest.fixture
def postgres_server(dapr_stores: DaprStores) -> Postgres:
    """A running PostgreSQL; `create_database` makes an empty one."""
    with or_skip():
        server = dapr_stores.postgres
    server.heal()
    return server


@pytest.fixture
def valkey_server(dapr_stores: DaprStores) -> Valkey:
    """A running Valkey, without any key."""
    with or_skip():
        server = dapr_stores.valkey
    server.heal()
    server.command("FLUSHALL")
    return server


@pytest.fixture(scope="session")
def _s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VersityGateway]:
    with or_skip():
        gateway = VersityGateway(tmp_path_factory.mktemp("s3"))
    with gateway:
        yield gateway


@pytest.fixture
def s3_server(_s3: VersityGateway) -> VersityGateway:
    """A running S3 server."""
    _s3.heal()
    return _s3


@pytest.fixture
def s3_bucket(s3_server: VersityGateway) -> str:
    """The name of a new, empty bucket."""
    return s3_server.create_bucket(f"bucket-{uuid.uuid4().hex[:12]}")
