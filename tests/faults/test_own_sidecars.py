"""A command that started its own daprd: however it ends, daprd ends with it, and the record stays whole."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import component_files
from dapr_stores import STORE
from oracles import Record
from postgres import Postgres
from processes import descendants
from running import RUN, Running, await_end, chances
from told import check_told, published
from valkey_server import Valkey

if TYPE_CHECKING:
    from conftest import ProjectFolder

ROUNDS = 6


def daprds(pids: list[int]) -> list[int]:
    """Those of some processes that are a daprd."""
    return [pid for pid in pids if _program(pid).startswith("daprd")]


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0].decode().rpartition("/")[2]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_a_killed_run_takes_its_daprd_with_it(own_harvest: ProjectFolder, own_record: Record) -> None:
    runs = own_harvest.root / ".jeyn" / "environments" / "own" / "runs"
    seen = own_record.entries()
    met = with_daprd = 0
    with chances() as chance:
        for turn in range(ROUNDS):
            running = Running.start(own_harvest, "-e", "own", *RUN)
            if turn % 3:  # in the midst of its steps, which take less than half a second
                running.await_step(runs)
                time.sleep(chance.uniform(0, 0.1))
            else:
                time.sleep(chance.uniform(0, 0.3))
            started = descendants(running.process.pid)
            met += running.kill()
            with_daprd += bool(daprds(started))
            await_end(daprds(started), seconds=2)
            running.end(0, -9)
            await_end(started, seconds=5)  # the shell that kept daprd, too
            own_harvest.jeyn("-e", "own", "ls")
            now = own_record.entries()
            assert seen.items() <= now.items()
            seen = now
    assert met > ROUNDS / 3
    assert with_daprd > ROUNDS / 3
    # A folder that was just made, with nothing in it yet, is all that may be left.
    left = [folder for folder in Path(own_harvest.environment["TMPDIR"]).glob("jeyn-*") if any(folder.iterdir())]
    assert left == []
    assert own_harvest.json("-e", "own", "run", "harvest")["status"] == "succeeded"
    assert own_harvest.json("-e", "own", "verify")["problems"] == []


def test_an_interrupted_run_ends_all_and_records_its_end(own_harvest: ProjectFolder, own_record: Record) -> None:
    own_harvest.jeyn("-e", "own", *RUN)
    seen = own_record.entries()
    runs = own_harvest.root / ".jeyn" / "environments" / "own" / "runs"
    with chances() as chance:
        for _ in range(ROUNDS):
            running = Running.start(own_harvest, "-e", "own", *RUN)
            running.await_step(runs)
            time.sleep(chance.uniform(0, 0.3))
            started = descendants(running.process.pid)
            assert daprds(started)
            running.interrupt()
            ended = running.end(130)
            await_end(started, seconds=0.5)
            assert ended.run["status"] == "cancelled"
            assert {step["status"] for step in ended.run["steps"]} <= {"ran", "cancelled"}
            (newest,) = own_harvest.json("-e", "own", "ls", "runs", "--limit", "1")["items"]
            assert (newest["run"], newest["status"]) == (ended.run["run"], "cancelled")
            now = own_record.entries()
            assert {**seen, **ended.acknowledged}.items() <= now.items()
            seen = now
    assert own_harvest.json("-e", "own", "run", "harvest")["status"] == "succeeded"


def test_a_store_that_is_away_when_daprd_starts_is_waited_for(
    own_harvest: ProjectFolder, postgres_server: Postgres
) -> None:
    connection = postgres_server.create_database(f"own-{uuid.uuid4().hex[:8]}")
    component_files.write([component_files.state_postgresql(STORE, connection, "v2")], own_harvest.root / "components")
    own_harvest.commit()
    postgres_server.kill()
    running = Running.start(own_harvest, "-e", "own", *RUN)
    time.sleep(3)
    assert running.goes_on
    postgres_server.start()
    ended = running.end(0)
    assert "what the Dapr sidecar needs is away" in ended.complaint

    own_harvest.edit("pyproject.toml", "wait = 20", "wait = 3")
    postgres_server.kill()
    (error,) = Running.start(own_harvest, "-e", "own", *RUN).end(4).errors
    assert f"for {STORE} (state.postgresql/v2)" in error
    assert "connection refused" in error


def test_a_broker_that_is_away_when_daprd_starts_is_done_without(
    own_harvest: ProjectFolder, own_record: Record, valkey_server: Valkey
) -> None:
    own_harvest.edit("pyproject.toml", "wait = 20", 'wait = 20\npubsub = "events"')
    broker = component_files.pubsub_redis("events", valkey_server.port).text()
    optional = broker.replace("  version: v1\n", "  version: v1\n  ignoreErrors: true\n")
    (own_harvest.root / "components" / "events.yaml").write_text(optional)
    valkey_server.kill()
    without = own_harvest.json("-e", "own", *RUN[:-2])
    assert without["status"] == "succeeded"
    valkey_server.start()
    with_it = own_harvest.json("-e", "own", *RUN[:-2])
    events = published(valkey_server)
    assert {f"{run['run']}/end" for run in (without, with_it)} <= {event["id"] for event in events}
    check_told(events, own_record)
