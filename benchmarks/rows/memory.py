"""The memory that saving a batch of 10 GiB takes; JEYN_BENCH_GIB makes it smaller."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Skipped

from rows.saving import emptied

TITLE = "most memory while saving a stream"
_NEEDED_PER_GIB = 2.5


def contests(bench: Bench) -> Iterator[Contest]:
    size = float(os.environ.get("JEYN_BENCH_GIB", "10"))
    free = shutil.disk_usage(bench.work).free / 2**30
    if free < size * _NEEDED_PER_GIB:
        raise Skipped(f"{free:.0f} GiB of disk are free, {size * _NEEDED_PER_GIB:.0f} GiB are needed")
    out = bench.work / "jeyn"
    yield Contest(
        title=f"{TITLE} of {size:g} GiB",
        jeyn=bench.script("saving/stream_with_jeyn.py", str(out), str(size), before=emptied(out)),
        unit="MiB",
        at_most=2**30,
        rounds=1,
        warm_up=False,
        note="the high-water mark of resident memory (VmHWM) of the whole process",
    )
