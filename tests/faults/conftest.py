"""A small project whose record is behind daprds that a test may harm, and what must hold of it afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import component_files
import pytest
from component_files import Component
from dapr_stores import STORE, DaprStore
from programs import built
from real_servers import or_skip

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))

from oracles import Record, keys_in, stored_keys
from running import add_environments

if TYPE_CHECKING:
    from conftest import ProjectFolder

# `team` rides through whatever a test does to a server; `hasty` soon gives up.
_TEAM = f"""
[tool.jeyn.environments.team]
state_store = "{STORE}"
wait = 20

[tool.jeyn.environments.hasty]
state_store = "{STORE}"
blobs = ".jeyn/environments/team/blobs"
wait = 1.5
"""
_OWN = f"""
[tool.jeyn.environments.own]
state_store = "{STORE}"
components = "components"
wait = 20
"""


@pytest.fixture
def harvest(copy_of: Callable[[str], ProjectFolder]) -> ProjectFolder:
    """A project whose pipeline has four steps that run at once, a fan-in, and a step with two outputs. Not measured.

    What is killed tells nothing of its coverage, and measuring it would only take time.
    """
    project = copy_of("harvest")
    kept = {name: value for name, value in project.environment.items() if not name.startswith("COV")}
    return replace(project, environment=kept)


@pytest.fixture
def team_harvest(harvest: ProjectFolder, dapr_store: DaprStore) -> ProjectFolder:
    """The project with the environments `team` and `hasty`, whose record is in `dapr_store`."""
    add_environments(harvest, _TEAM)
    return replace(harvest, environment={**harvest.environment, **dapr_store.daprd.client_environment})


@pytest.fixture
def team_record(team_harvest: ProjectFolder, dapr_store: DaprStore) -> Record:
    """The record of `team_harvest`."""
    return Record(team_harvest.root, "team", lambda: stored_keys(dapr_store), dapr_store.address)


@pytest.fixture
def own_harvest(harvest: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProjectFolder]:
    """The project with the environment `own`, for which each command starts a daprd over a SQLite file.

    TMPDIR is an empty folder; it is not below the test's own, for the path of a socket must be short.
    """
    with or_skip():
        daprd = str(built("daprd"))
    monkeypatch.setenv("JEYN_DAPRD", daprd)
    component_files.write([own_component()], harvest.root / "components")
    add_environments(harvest, _OWN)
    with TemporaryDirectory(prefix="jt-") as folder:
        yield replace(harvest, environment={**harvest.environment, "JEYN_DAPRD": daprd, "TMPDIR": folder})


def own_component() -> Component:
    return component_files.state_sqlite(STORE, Path(".jeyn/environments/own/record.db"))


@pytest.fixture
def own_record(own_harvest: ProjectFolder) -> Record:
    """The record of `own_harvest`."""
    file = own_harvest.root / ".jeyn" / "environments" / "own" / "record.db"
    return Record(own_harvest.root, "own", lambda: keys_in(file, "state"))
