"""Servers that are killed, frozen and restarted under runs: what was acknowledged stays, and the run goes on."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from dapr_stores import DaprStore
from oracles import Record, acknowledged
from processes import ServerProcess
from running import RUN, Running, chances

if TYPE_CHECKING:
    from conftest import ProjectFolder

EACH_SERVER = pytest.mark.parametrize(
    ("dapr_store", "victim"),
    [("postgres-v2", "daprd"), ("postgres-v2", "postgres"), ("redis", "daprd"), ("redis", "valkey")],
    indirect=["dapr_store"],
)


def killed(server: ServerProcess, chance: random.Random) -> None:
    server.kill()
    time.sleep(chance.uniform(0, 2))
    server.start()


FAULTS: dict[str, Callable[[ServerProcess, random.Random], object]] = {
    "killed": killed,
    "restarted": lambda server, chance: server.restart(),
    "frozen for 4 s": lambda server, chance: server.freeze(4),
    "frozen for 8 s": lambda server, chance: server.freeze(8),
}
#: What befalls each of the four servers, in some order.
RIDDEN_THROUGH = [*["killed"] * 4, *["restarted"] * 3, *["frozen for 4 s"] * 2, *["frozen for 8 s"] * 2]


@EACH_SERVER
def test_runs_ride_through_what_befalls_a_server(
    team_harvest: ProjectFolder, team_record: Record, dapr_store: DaprStore, victim: str
) -> None:
    server = the_server(dapr_store, victim)
    runs = team_harvest.root / ".jeyn" / "environments" / "team" / "runs"
    seen = team_record.entries()
    met, told = 0, ""
    with chances() as chance:
        for fault in chance.sample(RIDDEN_THROUGH, len(RIDDEN_THROUGH)):
            running = Running.start(team_harvest, "-e", "team", *RUN)
            if chance.random() < 0.7:  # else before its first step
                running.await_step(runs)
            time.sleep(chance.uniform(0, 0.5))
            met += running.goes_on
            FAULTS[fault](server, chance)
            ended = running.end(0)
            told += ended.complaint
            now = team_record.entries()
            assert seen.items() <= now.items(), "an entry is gone or has another number"
            assert ended.acknowledged.items() <= now.items()
            assert len(ended.acknowledged) == 7
            seen = now
    assert met > len(RIDDEN_THROUGH) / 2, "most faults must meet a run that goes on"
    assert "; trying for " in told, "nobody was told of what was waited for"
    assert team_harvest.json("-e", "team", "verify")["problems"] == []


@EACH_SERVER
def test_a_run_whose_server_stays_away_names_it_and_completes_later(
    team_harvest: ProjectFolder, team_record: Record, dapr_store: DaprStore, victim: str
) -> None:
    server = the_server(dapr_store, victim)
    named = "the Dapr sidecar at " if victim == "daprd" else "the state store 'record'"
    seen = team_record.entries()
    with chances() as chance:
        for fault in ("killed", "frozen"):
            running = Running.start(team_harvest, "-e", "hasty", *RUN)
            running.await_step(team_harvest.root / ".jeyn" / "environments" / "hasty" / "runs")
            time.sleep(chance.uniform(0, 0.1))
            if fault == "killed":
                server.kill()
                ended = running.end(4)
                server.start()
            else:
                with server.frozen():
                    ended = running.end(4)
                server.await_ready()
            assert ended.errors
            assert all(named in error for error in ended.errors), ended.errors
            now = team_record.entries()
            assert {**seen, **ended.acknowledged}.items() <= now.items()
            again = team_harvest.json("-e", "hasty", *RUN[:-2])
            assert again["status"] == "succeeded"
            seen = team_record.entries()
            assert {**now, **acknowledged(again)}.items() <= seen.items()
    assert team_harvest.json("-e", "hasty", "verify")["problems"] == []


@pytest.mark.parametrize("dapr_store", ["postgres-v2"], indirect=True)
def test_whoever_waits_for_a_server_is_told_so(team_harvest: ProjectFolder, dapr_store: DaprStore) -> None:
    dapr_store.daprd.kill()
    running = Running.start(team_harvest, "-e", "team", "ls")
    time.sleep(3)
    assert running.goes_on
    dapr_store.daprd.start()
    assert "the Dapr sidecar at " in running.end(0).complaint


def the_server(store: DaprStore, name: str) -> ServerProcess:
    """The daprd, or the server with the rows."""
    server = store.daprd if name == "daprd" else store.backend
    assert server is not None
    assert server.name == name
    return server
