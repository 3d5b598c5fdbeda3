"""The embedded key-value store: one SQLite file, shared by any number of processes on one machine."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from pathlib import Path
from typing import TypeVar

from jeyn.adapters.turns import Turns
from jeyn.errors import IntegrityError, JeynError, Unreachable
from jeyn.forks import claim_process
from jeyn.sqlite_file import USED, open_sqlite

_SCHEMA = "CREATE TABLE IF NOT EXISTS written (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_CREATE = "INSERT INTO written VALUES (?, ?) ON CONFLICT DO NOTHING"
_KEYS_PER_QUERY = 500
_ROWS_PER_PAGE = 256
# SQLite's result codes for a file that is no longer a sound database: CORRUPT, NOTADB, and ERROR, which statements
# that never change can only meet where the schema in the file is not theirs. https://sqlite.org/rescode.html
_DAMAGED = (11, 26, 1)

T = TypeVar("T")


class SqliteKeyValueStore:
    """A KeyValueStore in a SQLite file in WAL mode.

    A commit waits for the disk (`synchronous=FULL`), except that of rebuildable values, which leaves that to whoever
    commits fully next; all append to the same log, so the order of writes is kept.
    """

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        """Open or make the file; `patience` is how many seconds a write waits for those of other processes."""
        self._path = path
        self._patience = patience
        self._lock = threading.Lock()
        self._turns = Turns(path.with_name(f"{path.name}-turn"), patience)
        self._synchronous = ""
        self._connection = self._guard(self._connect)

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        return self._guard(lambda: self._create({key: value}, rebuildable=rebuildable)) == {key}

    def create_many(self, values: Mapping[str, bytes], *, rebuildable: bool = False) -> set[str]:
        return self._guard(lambda: self._create(values, rebuildable=rebuildable))

    def get(self, key: str) -> bytes | None:
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        wanted = list(keys)
        found: dict[str, bytes] = {}
        for start in range(0, len(wanted), _KEYS_PER_QUERY):
            found.update(map(self._row, self._guard(partial(self._select, wanted[start : start + _KEYS_PER_QUERY]))))
        return found

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Every key and value of one moment, read through a connection of its own: nobody waits for the reader."""
        with closing(self._guard(self._connect)) as connection:
            cursor = self._guard(lambda: connection.execute("SELECT key, value FROM written"))
            while page := self._guard(lambda: cursor.fetchmany(_ROWS_PER_PAGE)):
                yield from map(self._row, page)

    def problems(self) -> Iterator[str]:
        try:
            found = self._guard(self._check)
        except IntegrityError as error:
            yield error.message
            return
        yield from (f"{self._path.name}: {line.decode()}" for (line,) in found if line != b"ok")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
            self._turns.close()

    def _select(self, keys: list[str]) -> list[tuple[bytes, object]]:
        marks = ",".join("?" * len(keys))
        with self._lock:
            query = f"SELECT key, value FROM written WHERE key IN ({marks})"  # noqa: S608  # only question marks
            return self._connection.execute(query, keys).fetchall()

    def _check(self) -> list[tuple[bytes]]:
        with self._lock:
            return self._connection.execute("PRAGMA integrity_check").fetchall()

    def _create(self, values: Mapping[str, bytes], *, rebuildable: bool) -> set[str]:
        with self._lock:
            self._wait_for_the_disk("NORMAL" if rebuildable else "FULL")
            with self._turns.turn(), _together(self._connection, values):
                return {row[0] for row in values.items() if self._connection.execute(_CREATE, row).rowcount}

    def _wait_for_the_disk(self, synchronous: str) -> None:
        if synchronous != self._synchronous:
            self._connection.execute(f"PRAGMA synchronous={synchronous}")
            self._synchronous = synchronous

    def _connect(self) -> sqlite3.Connection:
        connection = open_sqlite(self._path, self._patience)
        try:
            connection.text_factory = bytes  # a damaged text is found by its seal, not by the decoder
            connection.execute(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _row(self, row: tuple[bytes, object]) -> tuple[str, bytes]:
        """A row as it was written; IntegrityError where damage has left something else than bytes in it."""
        key, value = row
        if not isinstance(key, bytes) or not isinstance(value, bytes):
            raise self._damaged("a row does not hold bytes")
        return key.decode("ascii", "replace"), value

    def _guard(self, action: Callable[[], T]) -> T:
        claim_process(USED)
        try:
            return action()
        except UnicodeDecodeError as error:  # SQLite quotes what it found in the file, and that is no text any more
            raise self._damaged(str(error.object)) from error
        except (sqlite3.Error, OSError) as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error | OSError) -> JeynError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return self._damaged(str(error))
        return Unreachable(
            f"the ledger {self._path} cannot be used: {error}",
            "check free space, rights, and whether another program holds the file",
        )

    def _damaged(self, how: str) -> IntegrityError:
        return IntegrityError(
            f"the ledger {self._path} is damaged: {how}",
            "restore it from a backup; `jeyn verify` then tells whether it is whole",
        )


def _together(connection: sqlite3.Connection, values: Mapping[str, bytes]) -> AbstractContextManager[object]:
    """One transaction around several inserts; a single one is a transaction by itself."""
    if len(values) < 2:
        return nullcontext()
    connection.execute("BEGIN IMMEDIATE")
    return connection  # commits, or rolls back what an error interrupted
