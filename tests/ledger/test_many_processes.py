"""Real processes on one embedded ledger: appending at once, racing for the same steps, killed on the way."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from at_hand import PROJECT, run_started
from judged import Raw
from writers import Writer, results

from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.verify import verify

WRITERS, ENTRIES = 8, 1000

# Each script opens the ledger in its first argument, says so, and waits for a line.
OPEN = """
import json, sys
from pathlib import Path
from at_hand import PROJECT, artefact, entry, step_record
from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.ledger import Ledger
ledger = Ledger(SqliteKeyValueStore(Path(sys.argv[1])), FolderBlobStore(Path("no blobs")), PROJECT)
name, count = sys.argv[2], int(sys.argv[3])
print("open", flush=True)
sys.stdin.readline()
"""

APPEND = """
print(json.dumps([ledger.append(entry(f"{name}/{n}", "images")).number for n in range(count)]))
"""

COMMIT = """
told = {}
for n in range(count):
    step = f"s{n}"
    streams = {"left": "digits", "right": "report"}
    heads = {stream: ledger.streams.head(stream) for stream in streams.values()}
    made = {output: (stream, artefact(f"{name} {n} {output}")) for output, stream in streams.items()}
    done = ledger.commit(step_record("r1", step, made, heads=heads, cache_key=f"k{n % 5}"))
    told |= {placed.entry.id: [str(placed), placed.entry.artefact.digest] for placed in done.outputs.values()}
print(json.dumps(told))
"""


@pytest.fixture
def path(tmp_path: Path, embedded_ledger: Ledger) -> Path:
    return tmp_path / "ledger.db"


def test_eight_processes_append_to_one_stream(embedded_ledger: Ledger, path: Path) -> None:
    writers = [Writer(OPEN + APPEND, path, f"w{number}", ENTRIES) for number in range(WRITERS)]
    began = time.monotonic()
    told = {f"w{number}": result for number, result in enumerate(results(writers))}
    seconds = time.monotonic() - began
    print(f"{WRITERS * ENTRIES} entries in {seconds:.1f} s")  # shown by `pytest -rP`
    assert seconds < 60

    placed = list(embedded_ledger.streams.follow("images", after=0))
    assert [one.number for one in placed] == list(range(1, WRITERS * ENTRIES + 1))
    there = {one.entry.id: one.number for one in placed}
    assert there == {f"{name}/{n}": number for name, numbers in told.items() for n, number in enumerate(numbers)}


def test_processes_that_race_for_the_same_steps_agree(
    embedded_ledger: Ledger, path: Path, open_index: Callable[..., ReadIndex]
) -> None:
    embedded_ledger.append(run_started("r1", [f"s{n}" for n in range(40)]))
    writers = [Writer(OPEN + COMMIT, path, name, 40) for name in ("zombie", "retry", "third")]
    first, *others = results(writers)
    assert isinstance(first, dict)
    assert len(first) == 80
    assert [other == first for other in others] == [True, True]
    raw = Raw(embedded_ledger.keys)  # type: ignore[arg-type]  # it has rows too
    assert {name: sorted(numbers) for name, numbers in raw.streams.items() if name != "train-digits"} == {
        "digits": list(range(1, 41)),
        "report": list(range(1, 41)),
    }
    assert sorted(step for steps in raw.cache.values() for step in steps.values()) == sorted(raw.steps)
    assert verify(embedded_ledger, {}).problems == []


def test_what_a_killed_process_committed_is_completed(
    embedded_ledger: Ledger, path: Path, open_index: Callable[..., ReadIndex]
) -> None:
    steps = 3000
    embedded_ledger.append(run_started("r1", [f"s{n}" for n in range(steps)]))
    moments = random.Random(7)
    for attempt in range(4):
        writer = Writer(OPEN + COMMIT, path, f"try {attempt}", steps)
        writer.go()
        time.sleep(moments.uniform(0.1, 0.5))
        writer.process.send_signal(signal.SIGKILL)
        writer.process.communicate()
        index = open_index(Ledger(embedded_ledger.keys, embedded_ledger.blobs, PROJECT), f"index {attempt}.db")
        index.sync()
        raw = Raw(embedded_ledger.keys)  # type: ignore[arg-type]  # it has rows too
        placed = [entry for stream in ("digits", "report") for entry in raw.streams.get(stream, {}).values()]
        assert sorted(placed, key=lambda one: one.id) == sorted(raw.committed, key=lambda one: one.id)
        assert verify(embedded_ledger, index.streams()).problems == []
    assert 0 < len(raw.steps) < steps
