"""A daprd over one kind of state store, for the scripts beside it: `python SCRIPT.py FOLDER KIND`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "servers"), str(ROOT / "benchmarks" / "contestants" / "record_step")]

from dapr_stores import DaprStore, DaprStores  # noqa: E402  # found by the path above

from jeyn.adapters.dapr.calls import Sidecar  # noqa: E402
from jeyn.adapters.dapr.channel import SidecarAddress  # noqa: E402
from jeyn.adapters.dapr.state import DaprKeyValueStore  # noqa: E402


@contextmanager
def store() -> Iterator[DaprStore]:
    """An empty state store of the kind that the command line names."""
    import tempfile

    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
        stores = DaprStores(Path(folder))
        try:
            yield stores.empty(sys.argv[2])
        finally:
            stores.close()


def keys_of(behind: DaprStore) -> DaprKeyValueStore:
    """Jeyn's keys in a store."""
    return DaprKeyValueStore(Sidecar(SidecarAddress(behind.address), wait=30), behind.name)
