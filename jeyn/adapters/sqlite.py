"""The embedded key-value store: one SQLite file, shared by any number of processes on one machine."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from jeyn.errors import IntegrityError, JeynError, Unreachable

_SCHEMA = "CREATE TABLE IF NOT EXISTS written (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_KEYS_PER_QUERY = 500
# SQLite's result codes for a file that is no longer a sound database: CORRUPT and NOTADB.
_DAMAGED = (11, 26)

T = TypeVar("T")


class SqliteKeyValueStore:
    """A KeyValueStore in a SQLite file in WAL mode.

    Two connections write: one waits for the disk at every commit (`synchronous=FULL`), the other, for rebuildable
    values, leaves that to whoever commits fully next; both append to the same log, so the order of writes is kept.
    """

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        """Open or make the file; `patience` is how many seconds a write waits for those of other processes."""
        self._path = path
        self._patience = patience
        self._lock = threading.Lock()
        self._durable = self._guard(lambda: self._connect("FULL"))
        self._rebuildable: sqlite3.Connection | None = None

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        return self._guard(lambda: self._create(key, value, rebuildable=rebuildable))

    def get(self, key: str) -> bytes | None:
        with self._lock:
            row = self._guard(
                lambda: self._durable.execute("SELECT value FROM written WHERE key = ?", (key,)).fetchone()
            )
        return None if row is None else row[0]

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        wanted = list(keys)
        found: dict[str, bytes] = {}
        for start in range(0, len(wanted), _KEYS_PER_QUERY):
            found.update(self._guard(partial(self._select, wanted[start : start + _KEYS_PER_QUERY])))
        return found

    def rows(self) -> Iterator[tuple[str, bytes]]:
        with self._lock:
            yield from self._guard(lambda: self._durable.execute("SELECT key, value FROM written").fetchall())

    def problems(self) -> Iterator[str]:
        try:
            with self._lock:
                found = self._durable.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.DatabaseError as error:
            yield f"{self._path.name}: {error}"
            return
        yield from (f"{self._path.name}: {line}" for (line,) in found if line != "ok")

    def close(self) -> None:
        with self._lock:
            for connection in (self._durable, self._rebuildable):
                if connection is not None:
                    connection.close()

    def _select(self, keys: list[str]) -> list[tuple[str, bytes]]:
        marks = ",".join("?" * len(keys))
        with self._lock:
            query = f"SELECT key, value FROM written WHERE key IN ({marks})"  # noqa: S608  # only question marks
            return self._durable.execute(query, keys).fetchall()

    def _create(self, key: str, value: bytes, *, rebuildable: bool) -> bool:
        with self._lock:
            if rebuildable and self._rebuildable is None:
                self._rebuildable = self._connect("NORMAL")
            connection = self._rebuildable if rebuildable and self._rebuildable else self._durable
            done = connection.execute("INSERT INTO written VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value))
            return done.rowcount == 1

    def _connect(self, synchronous: str) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path, timeout=self._patience, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(_SCHEMA)
        return connection

    def _guard(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except (sqlite3.Error, OSError) as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error | OSError) -> JeynError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return IntegrityError(
                f"the ledger {self._path} is damaged: {error}",
                "restore it from a backup; `jeyn verify` then tells whether it is whole",
            )
        return Unreachable(
            f"the ledger {self._path} cannot be used: {error}",
            "check free space, rights, and whether another program holds the file",
        )
