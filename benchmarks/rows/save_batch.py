"""Saving a batch of 1 GiB in 16 float64 columns."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest

from rows.saving import ROUNDS, emptied, floors

TITLE = "save a batch of 1 GiB"


def contests(bench: Bench) -> Iterator[Contest]:
    out = bench.work / "jeyn"
    yield Contest(
        title=TITLE,
        jeyn=bench.script("saving/batch_with_jeyn.py", str(out), before=emptied(out)),
        opponents=floors(bench, "saving/batch_alone.py"),
        rounds=ROUNDS,
        note="the table is made outside the time; alone: `pyarrow.parquet.write_table` and the file's SHA-256; Jeyn"
        " checks bounds, profiles and digests the values too",
    )
