"""Seconds from the start of a command to its first answer over a sidecar that is up: the median of five."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "servers"))

from component_files import state_in_memory, write  # noqa: E402  # found by the path above
from daprd import Daprd  # noqa: E402

COMMAND = """
import sys, time
from jeyn.project import Project
project = Project(sys.argv[1], "there", sidecar=sys.argv[2])
project.parts.keys.get("nothing")
print(time.monotonic())
"""

times = []
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as name:
    folder = Path(name)
    (folder / "pyproject.toml").write_text('[tool.jeyn]\n[tool.jeyn.environments.there]\nstate_store = "ledger"\n')
    with Daprd(folder, write([state_in_memory("ledger")], folder / "components")) as daprd:
        for _ in range(5):
            began = time.monotonic()
            command = [sys.executable, "-c", COMMAND, name, daprd.grpc_address]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            times.append(float(done.stdout) - began)
print(median(times))
