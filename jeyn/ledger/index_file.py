"""The file of the read index: its tables, and how it is made again, since it holds nothing of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeyn.errors import Unreachable
from jeyn.forks import claim_process
from jeyn.sqlite_file import USED, open_sqlite

_VERSION = 4
# Bytes. An entry is about 2 KB: in SQLite's usual 4 KiB most would need a page more, and a sixth more time to write.
_PAGE = 16384
_PATIENCE = 30.0  # seconds that a statement waits for other processes
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
  stream TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, created TEXT NOT NULL,
  line TEXT NOT NULL, digest TEXT NOT NULL, run TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (stream, number));
CREATE INDEX IF NOT EXISTS entry_id ON entry (id);
CREATE INDEX IF NOT EXISTS entry_digest ON entry (digest);
CREATE INDEX IF NOT EXISTS entry_kind ON entry (kind, created);
CREATE TABLE IF NOT EXISTS edge (source TEXT NOT NULL, target TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS edge_target ON edge (target);
CREATE TABLE IF NOT EXISTS stream (name TEXT PRIMARY KEY, number INTEGER NOT NULL, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS followed (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS open_step (run TEXT, step TEXT, item TEXT, until REAL, PRIMARY KEY (run, step, item));
"""
#: What is looked for in an entry's JSON text, as a JSON array: SQLite reads it much faster than Python makes objects
#: of the whole. https://sqlite.org/json1.html
FACTS = """
SELECT json_extract(?, '$.id', '$.kind', '$.created', '$.artefact.definition', '$.artefact.digest', '$.origin.run',
  '$.relationships')
"""
#: The commits of uncommitted trees: a value is a line with its seal, then JSON.
SNAPSHOTS = """
SELECT DISTINCT json_extract(text, '$.origin.commit')
  FROM (SELECT CAST(substr(value, instr(value, x'0A') + 1) AS TEXT) AS text FROM entry)
  WHERE json_extract(text, '$.origin.dirty')
"""
# SQLite's result codes CORRUPT, NOTADB, and ERROR: the tables are not those that the statements are for.
# An OperationalError of Python's own, without a code, is a text in the file that is none.
_USELESS = (11, 26, 1)


class IndexUseless(Unreachable):
    """The file is damaged, or of another version: make it again."""


def open_index(path: Path) -> sqlite3.Connection:
    """Open the file, or make it; one that is useless is made again. Unreachable where that cannot be done."""
    try:
        with answering(path):
            return _connect(path)
    except IndexUseless:
        return remake_index(path)


def remake_index(path: Path) -> sqlite3.Connection:
    """An empty index in place of one that is useless."""
    with answering(path):
        for suffix in ("", "-wal", "-shm"):  # a log that is left behind would be replayed into the new file
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _connect(path)


@contextmanager
def answering(path: Path) -> Iterator[None]:
    """Turn what SQLite raises within into IndexUseless or Unreachable; AskError in a forked process."""
    claim_process(USED)
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite's message or a text of the file: neither is text any more
        raise IndexUseless(str(error)) from error
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 1 if isinstance(error, sqlite3.OperationalError) else 0)
        if code & 0xFF in _USELESS:
            raise IndexUseless(str(error)) from error
        raise Unreachable(
            f"the read index {path} cannot be used: {error}", "check free space and rights; the file may be deleted"
        ) from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All that is written within, or nothing; other processes wait meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    with db:
        yield


def _connect(path: Path) -> sqlite3.Connection:
    db = open_sqlite(path, _PATIENCE, page=_PAGE)
    try:
        db.execute("PRAGMA synchronous=OFF")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise IndexUseless(f"an index of version {version}")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version={_VERSION}")
    except (sqlite3.Error, UnicodeDecodeError, IndexUseless):
        db.close()
        raise
    return db
