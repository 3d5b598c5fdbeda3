"""A broker that is away fails no step and loses no event: each is published later, from the ledger."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import component_files
import pytest
from dapr_stores import STORE
from daprd import Daprd
from oracles import Record, keys_in
from running import RUN, Running, add_environments, chances, usual_seconds
from told import check_told, published
from valkey_server import Valkey

if TYPE_CHECKING:
    from conftest import ProjectFolder

# What a step, or the run, may wait for a broker that does not answer, in seconds.
PATIENCE = 4
_TOLD = f"""
[tool.jeyn.environments.told]
state_store = "{STORE}"
pubsub = "events"
wait = 20
"""


@pytest.fixture
def told_harvest(
    harvest: ProjectFolder, valkey_server: Valkey, start_daprd: Callable[..., Daprd], tmp_path: Path
) -> ProjectFolder:
    """The project with an environment whose daprd publishes on `valkey_server`."""
    daprd = start_daprd(
        component_files.state_sqlite(STORE, tmp_path / "record.db"),
        component_files.pubsub_redis("events", valkey_server.port),
    )
    add_environments(harvest, _TOLD)
    return replace(harvest, environment={**harvest.environment, **daprd.client_environment})


def subjects(server: Valkey) -> list[str]:
    """The subjects of what was published, in that order."""
    return [event["subject"] for event in published(server)]


@pytest.fixture
def told_record(told_harvest: ProjectFolder, tmp_path: Path) -> Record:
    sidecar = f"127.0.0.1:{told_harvest.environment['DAPR_GRPC_PORT']}"
    return Record(told_harvest.root, "told", lambda: keys_in(tmp_path / "record.db", "state"), sidecar)


def test_what_a_broker_did_not_take_is_published_later(
    told_harvest: ProjectFolder, told_record: Record, valkey_server: Valkey
) -> None:
    usual = told_harvest.json("-e", "told", *RUN[:-2])
    check_told(published(valkey_server), told_record)
    usual_step = max(step["seconds"] for step in usual["steps"])

    valkey_server.kill()
    while_dead = told_harvest.json("-e", "told", *RUN[:-2])
    valkey_server.start()
    with valkey_server.frozen():
        while_frozen = told_harvest.json("-e", "told", *RUN[:-2])
    for run in (while_dead, while_frozen):
        assert run["status"] == "succeeded"
        assert max(step["seconds"] for step in run["steps"]) < usual_step + PATIENCE
    told = {event["id"] for event in published(valkey_server)}
    assert f"{while_dead['run']}/end" not in told

    assert told_harvest.json("-e", "told", "run", "harvest")["status"] == "succeeded"
    check_told(published(valkey_server), told_record)


SAVES = """
import jeyn
import jeyn.session
def save(text):
    print(jeyn.artefact_store.save(text, definition="remarks").reference, flush=True)
save("# one")
input()
save("# while it is away")
save("# which nobody waits for again")
input()
jeyn.session.here()._publisher._away_until = 0  # as if it had been long enough
save("# again")
"""


def test_a_notebook_tells_of_what_it_saves_and_a_push_of_what_it_brings(
    told_harvest: ProjectFolder, told_record: Record, valkey_server: Valkey
) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SAVES],
        cwd=told_harvest.root,
        env={**told_harvest.environment, "JEYN_ENVIRONMENT": "told"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as notebook:
        assert notebook.stdout is not None
        assert notebook.stdin is not None
        assert notebook.stdout.readline() == "remarks#1\n"
        assert subjects(valkey_server) == ["remarks#1"]
        valkey_server.kill()
        print(file=notebook.stdin, flush=True)
        assert [notebook.stdout.readline() for _ in range(2)] == ["remarks#2\n", "remarks#3\n"]
        valkey_server.start()
        print(file=notebook.stdin, flush=True)
        said, complaint = notebook.communicate()
    assert (notebook.returncode, said) == (0, "remarks#4\n"), complaint
    assert complaint.count("its events are published later, from the ledger") == 1
    assert subjects(valkey_server) == ["remarks#1", "remarks#4"]

    told_harvest.jeyn("run", "harvest", "--only", "north")
    told_harvest.jeyn("push", "-e", "told")
    check_told(published(valkey_server), told_record)
    told_harvest.jeyn("push", "-e", "told")
    assert len(subjects(valkey_server)) == len(set(subjects(valkey_server)))


def test_no_event_is_lost_where_broker_and_runs_are_killed(
    told_harvest: ProjectFolder, told_record: Record, valkey_server: Valkey
) -> None:
    usual = usual_seconds(told_harvest, "-e", "told", *RUN)
    with chances() as chance:
        for victim in chance.sample(["broker", "run"] * 3, 6):
            running = Running.start(told_harvest, "-e", "told", *RUN)
            time.sleep(chance.uniform(0.3, 1) * usual)
            if victim == "run":
                running.kill()
                running.end(0, -9)
                continue
            valkey_server.kill()
            time.sleep(chance.uniform(0, 1))
            valkey_server.start()
            running.end(0)
    told_record.entries()  # completes what a killed run committed and did not place
    assert told_harvest.json("-e", "told", *RUN[:-2])["status"] == "succeeded"
    check_told(published(valkey_server), told_record)
