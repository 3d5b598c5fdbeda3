"""Bytes of resident memory that a command of Jeyn takes at most, its processes together: `… FOLDER COMMAND…`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def held(group: int) -> int:
    """The bytes that only the processes of a session have, and those that they share counted once."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            session = int(process.joinpath("stat").read_text().rpartition(")")[2].split()[3])
            if session == group:
                facts = process.joinpath("smaps_rollup").read_text()
                total += sum(int(line.split()[1]) for line in facts.splitlines() if line.startswith("Pss:")) * 1024
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


command = [sys.executable, "-m", "jeyn", *sys.argv[2:]]
process = subprocess.Popen(command, cwd=sys.argv[1], stdout=subprocess.DEVNULL, start_new_session=True)
most = 0
while process.poll() is None:
    most = max(most, held(process.pid))
    time.sleep(0.02)
assert process.returncode == 0, process.returncode
print(most)
