"""SQLite files in WAL mode, which any number of processes on one machine may open at once."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

#: What a forked process cannot go on using.
USED = "the record on this machine"
_BUSY = 5  # https://sqlite.org/rescode.html#busy
_PAUSE = 0.005


def open_sqlite(path: Path, patience: float, *, page: int = 4096) -> sqlite3.Connection:
    """Open the file, or make it and its folder, with pages of so many bytes; each statement commits by itself.

    `patience` is how many seconds a statement waits for other processes. sqlite3.Error or OSError where the file
    cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size={page}")  # of a new file; before anything is written
        _write_ahead(connection, patience)
    except (sqlite3.Error, UnicodeDecodeError):  # the latter of a damaged file, which SQLite quotes
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Bring the file into WAL mode, in which it stays.

    Of two that do so at once SQLite refuses one without a wait: each holds what the other would wait for.
    """
    end = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != _BUSY or time.monotonic() > end:
                raise
        time.sleep(_PAUSE)
