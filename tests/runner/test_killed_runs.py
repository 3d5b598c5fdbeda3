"""Runs that are killed at random points lose nothing that was acknowledged and leave nothing half."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jeyn.ledger.verify import verify
from jeyn.project import Project

KILLS = 50


def children(pid: int) -> list[int]:
    """The processes that a process has started, and what these have started."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found += [int(stat.parent.name), *children(int(stat.parent.name))]
    return found


def recorded(root: Path) -> dict[str, str]:
    """Every entry by its number, after whatever a crash left open has been completed; the ledger is whole."""
    project = Project(root)
    try:
        index = project.index
        found = verify(project.ledger, index.streams())
        assert found.problems == []
        entries = {
            str(placed): placed.entry.id
            for stream in index.streams()
            for placed in project.ledger.streams.follow(stream, 0)
        }
    finally:
        project.close()
    assert len(set(entries.values())) == len(entries), "an entry stands twice"
    return entries


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of a run in /proc")
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_points(numbers, seed):
    chance = random.Random(seed)
    command = [sys.executable, "-m", "jeyn", "run", "numbers", "--no-generate", "--force", "--format", "json"]
    began = time.monotonic()
    assert numbers.json("run", "numbers", "--force")["status"] == "succeeded"
    usual = time.monotonic() - began
    seen = recorded(numbers.root)
    finished = 0
    # What is killed tells nothing of its coverage; measuring it would only take time.
    environment = {name: value for name, value in numbers.environment.items() if not name.startswith("COV")}
    for _ in range(KILLS):
        process = subprocess.Popen(
            command, cwd=numbers.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.0, usual))
        below = children(process.pid)
        victim = chance.choice([process.pid, process.pid, *below])
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            finished += 1
        told = process.communicate(timeout=60)[0]
        if process.returncode == 0:
            done = json.loads(told)
            acknowledged = {ref for step in done["steps"] for ref in step["outputs"].values()}
        else:
            acknowledged = set()
        now = recorded(numbers.root)
        assert seen.items() <= now.items(), "an entry is gone or has another number"
        assert acknowledged <= set(now)
        seen = now
    assert finished < KILLS / 2, "most kills must meet a run that goes on"
    for pid in below:
        wait_for_end(pid)
    assert numbers.json("run", "numbers")["status"] == "succeeded"
    assert numbers.json("verify")["problems"] == []


def wait_for_end(pid: int) -> None:
    """What a killed run had started ends by itself."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} goes on without its parent")
