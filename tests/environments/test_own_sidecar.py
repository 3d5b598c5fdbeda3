"""What is left of a sidecar of our own, whose process is a stand-in here: only its end is looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_MANY = 300
# It makes the file that a daprd listens on, whose folder is its sixth argument.
_STAND_IN = '#!/bin/sh\n: > "$6/dapr-jeyn-grpc.socket"\nexec sleep 60\n'
_OWNERS = f"""
import os, sys
import dapr.proto, grpc  # before the forks, which would each take their time for it
from pathlib import Path
from jeyn.adapters.dapr.own_sidecar import OwnSidecar

here = Path(sys.argv[1])
for _ in range({_MANY}):
    if owner := os.fork():
        assert os.waitpid(owner, 0)[1] == 0
        continue
    sidecar = OwnSidecar(str(here / "daprd"), here, needs="", root=here, log=here / "log", wait=30)
    if sys.argv[2] == "stops it":
        sidecar.stop()
    os._exit(0)
"""
_FORKED = """
import os, sys, time
from pathlib import Path
from jeyn.adapters.dapr.own_sidecar import OwnSidecar

here = Path(sys.argv[1])
OwnSidecar(str(here / "daprd"), here, needs="", root=here, log=here / "log", wait=30)
fork = os.fork()
if not fork:
    os.close(1)
    time.sleep(60)
print(fork, flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("end", ["stops it", "is gone"])
def test_nothing_is_left_of_a_sidecar_whose_owner(end: str, tmp_path: Path) -> None:
    stand_in = tmp_path / "daprd"
    stand_in.write_text(_STAND_IN)
    stand_in.chmod(0o755)
    subprocess.run(
        [sys.executable, "-c", _OWNERS, str(tmp_path), end],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
    )
    deadline = time.monotonic() + (30 if end == "is gone" else 0)
    while (left := processes(str(stand_in))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    assert not list(tmp_path.glob("jeyn-*"))


def test_a_fork_does_not_keep_it(tmp_path: Path) -> None:
    stand_in = tmp_path / "daprd"
    stand_in.write_text(_STAND_IN)
    stand_in.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", _FORKED, str(tmp_path)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    fork = int(done.stdout)
    try:
        deadline = time.monotonic() + 30
        while (left := processes(str(stand_in))) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not left
        os.kill(fork, 0)  # it is there still
    finally:
        os.kill(fork, signal.SIGKILL)


def processes(word: str) -> list[str]:
    """Command lines with a word (proc(5))."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if word in line:
            found.append(line)
    return found
