"""One daprd over each kind of state store, shared by the tests of one process and empty for each of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import component_files
from component_files import Component
from daprd import Daprd
from postgres import Postgres
from processes import ServerProcess
from valkey_server import Valkey

KINDS = ("sqlite", "redis", "postgres-v1", "postgres-v2", "in-memory")
STORE = "record"  # the component's name in each of the daprds


@dataclass(frozen=True)
class DaprStore:
    """A state store behind a running daprd, and the server that keeps its rows, if that is a process of its own."""

    kind: str
    daprd: Daprd
    backend: ServerProcess | None
    _clear: Callable[[], object]
    name: str = STORE

    @property
    def address(self) -> str:
        """Where daprd speaks gRPC."""
        return self.daprd.grpc_address

    @property
    def survives(self) -> bool:
        """Whether what is stored is there after an end of daprd."""
        return self.kind != "in-memory"

    def empty(self) -> None:
        """Bring everything up that a test has ended or frozen, and remove all keys."""
        if self.backend:
            self.backend.heal()
        self.daprd.heal()
        self._clear()


class DaprStores:
    """Starts what is asked for, once; `close` ends it all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: dict[str, DaprStore] = {}
        self._ends = ExitStack()

    def empty(self, kind: str) -> DaprStore:
        """The store of a kind, one of `KINDS`, without any key. Unavailable where its servers cannot be had."""
        if kind not in self._started:
            self._started[kind] = self._start(kind)
        store = self._started[kind]
        store.empty()
        return store

    @cached_property
    def postgres(self) -> Postgres:
        """The server of both versions of the component, each with a database of its own."""
        server = Postgres()
        self._ends.callback(server.remove)
        server.start()
        return server

    @cached_property
    def valkey(self) -> Valkey:
        folder = self._folder / "valkey"
        folder.mkdir()
        return self._ends.enter_context(Valkey(folder))

    def close(self) -> None:
        self._ends.close()

    def _start(self, kind: str) -> DaprStore:
        folder = self._folder / kind
        folder.mkdir()
        component, backend, clear = self._parts(kind, folder)
        daprd = Daprd(folder, component_files.write([component], folder / "components"))
        self._ends.enter_context(daprd)
        return DaprStore(kind, daprd, backend, clear or daprd.restart)

    def _parts(self, kind: str, folder: Path) -> tuple[Component, ServerProcess | None, Callable[[], object] | None]:
        """The component, the server behind it, and what removes all keys; None where only a restart does."""
        match kind:
            case "sqlite":
                file = folder / "record.db"
                return component_files.state_sqlite(STORE, file), None, lambda: _delete_rows(file)
            case "redis":
                valkey = self.valkey
                valkey.heal()
                return component_files.state_redis(STORE, valkey.port), valkey, lambda: valkey.command("FLUSHALL")
            case "postgres-v1" | "postgres-v2":
                postgres = self.postgres
                postgres.heal()  # tests of the other version may have ended it
                component = component_files.state_postgresql(STORE, postgres.create_database(kind), kind[-2:])
                return component, postgres, lambda: postgres.query(_TRUNCATE, kind)
            case _:
                return component_files.state_in_memory(STORE), None, None


def _delete_rows(file: Path) -> None:
    with closing(sqlite3.connect(file, timeout=10)) as database, database:
        database.execute("DELETE FROM state")


# daprd keeps the version of its tables in one that must stay.
_TRUNCATE = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%metadata%' LOOP
    EXECUTE format('TRUNCATE TABLE %I', found.tablename);
  END LOOP;
END $$
"""
