"""Seconds for a project to start its own daprd, read a key and end it: the median of five."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "servers"))

from component_files import state_sqlite, write  # noqa: E402  # found by the path above
from programs import built  # noqa: E402

from jeyn.adapters.dapr.calls import Sidecar  # noqa: E402
from jeyn.adapters.dapr.own_sidecar import OwnSidecar  # noqa: E402
from jeyn.adapters.dapr.state import DaprKeyValueStore  # noqa: E402

times = []
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as name:
    folder = Path(name)
    components = write([state_sqlite("ledger", folder / "ledger.db")], folder / "components")
    for _ in range(5):
        began = time.perf_counter()
        own = OwnSidecar(str(built("daprd")), components, needs="ledger", root=folder, log=folder / "log", wait=30)
        keys = DaprKeyValueStore(Sidecar(own.address, 30), "ledger")
        keys.get("nothing")
        keys.close()
        own.stop()
        times.append(time.perf_counter() - began)
print(median(times))
