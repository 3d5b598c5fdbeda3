"""Several commands in one folder, each with a sidecar of its own: a real daprd each."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import component_files
import pytest
from component_files import Component, state_in_memory, state_postgresql, state_sqlite
from postgres import Postgres

from jeyn.adapters.dapr import own_sidecar
from jeyn.adapters.dapr.own_sidecar import OwnSidecar
from jeyn.errors import AskError


@pytest.fixture
def components(tmp_path: Path) -> Path:
    return component_files.write([state_in_memory("ledger")], tmp_path / "components")


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(daprd: str, components: Path, opened: ExitStack, needs: str = "ledger") -> OwnSidecar:
    root = components.parent
    started = OwnSidecar(daprd, components, needs=needs, root=root, log=root / "state" / "daprd.log", wait=30)
    opened.callback(started.stop)
    return started


@pytest.mark.parametrize("kind", ["in-memory", "a new file"])
def test_all_of_them_start(daprd_path: str, components: Path, kind: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            if kind == "a new file":
                component_files.write([state_sqlite("ledger", components.parent / f"{number}.db")], components)
            with ExitStack() as ended:
                list(pool.map(lambda _: start(daprd_path, components, ended), range(4)))
    assert {path.name for path in (components.parent / "state").iterdir()} <= {
        "daprd.log",
        "daprd-2.log",
        "daprd-3.log",
        "daprd-4.log",
    }


def test_one_that_cannot_start_tells_its_own_reason(daprd_path: str, components: Path, opened: ExitStack) -> None:
    start(daprd_path, components, opened)
    log = components.parent / "state" / "daprd.log"
    said = log.read_text()
    component_files.write([Component("broken", "state.postgresql", {})], components)
    with pytest.raises(AskError, match=r"broken(.|\n)*daprd-2\.log"):
        start(daprd_path, components, opened)
    assert log.read_text() == said
    assert "broken" in log.with_stem("daprd-2").read_text()


def test_a_log_is_used_again_and_holds_one_start(daprd_path: str, components: Path) -> None:
    for _ in range(2):
        with ExitStack() as ended:
            start(daprd_path, components, ended)
    state = components.parent / "state"
    assert [path.name for path in state.iterdir()] == ["daprd.log"]
    assert (state / "daprd.log").read_text().count("App channel is not initialized") == 1


def test_a_port_that_another_takes_meanwhile_is_left_to_it(
    daprd_path: str, components: Path, opened: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_port = own_sidecar._free_port
    with closing(socket.socket()) as another:
        another.bind(("127.0.0.1", 0))
        another.listen()
        ports = iter([another.getsockname()[1]])
        monkeypatch.setattr(own_sidecar, "_free_port", lambda: next(ports, None) or free_port())
        start(daprd_path, components, opened)
    assert next(ports, None) is None


def test_a_table_that_another_makes_at_the_same_moment_is_waited_for(
    daprd_path: str, components: Path, opened: ExitStack, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL refuses one of two that make a table at once, even IF NOT EXISTS: it has a type of its name."""
    database = "made_at_once"
    component_files.write([state_postgresql("ledger", postgres_server.create_database(database), "v2")], components)
    postgres_server.query("CREATE TYPE dapr_metadata AS ENUM ()", database)
    begin, starts = OwnSidecar._start, iter(range(9))

    def begin_again(*given: Any) -> None:
        if next(starts) == 1:
            postgres_server.query("DROP TYPE dapr_metadata", database)
        begin(*given)

    monkeypatch.setattr(OwnSidecar, "_start", begin_again)
    start(daprd_path, components, opened)
    assert next(starts) == 2
