"""Checks in a process that was forked from one that had made some: the threads that it made them by are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECK_AND_FORK = """
import os, signal
import pyarrow as pa
from drawn_rows import catalog_of
from jeyn.conformance.checks import Checker
from jeyn.model.types import Scalar

catalog = catalog_of(x=Scalar("int64"))
batch = pa.record_batch({"x": pa.array(range(200_000), pa.int64())}, Checker(catalog)._schema)

def check():
    checker = Checker(catalog)
    checker.update(batch)
    print(checker.rows, flush=True)

check()
if os.fork() == 0:
    signal.alarm(50)
    check()
    os._exit(0)
os.wait()
"""


def test_a_fork_checks_by_threads_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECK_AND_FORK],
        env={"PYTHONPATH": ":".join([str(Path(__file__).parent), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "200000\n200000\n"
