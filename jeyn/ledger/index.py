"""The read index: a local SQLite file that answers what streams alone cannot, such as what was made from what.

It follows the streams incrementally and holds nothing of its own, so it can be deleted at any time. Following also
completes what a crash left open: the steps of runs without an end are looked up and rolled forward first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jeyn.errors import Unreachable
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.records import seal_entry, unseal_entry
from jeyn.model.artefact import RUN_FINISHED, RUN_STARTED, Placed, StepRecord

_VERSION = 1
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
CREATE TABLE IF NOT EXISTS open_step (run TEXT, step TEXT, item TEXT, PRIMARY KEY (run, step, item));
"""
_KEY = "index"  # the value in the index is sealed under this and the entry's own place


class ReadIndex:
    """Queries over one ledger's entries. `sync` first; what is asked then is answered from the file alone."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self._path = path
        self._ledger = ledger
        self._db = self._open()

    def sync(self) -> None:
        """Follow the ledger to its present end. Two processes may do so at once."""
        try:
            if self._is_of_another_ledger():
                self._forget_all()
            self._follow()
            if self._roll_forward():
                self._follow()
        except sqlite3.Error as error:
            raise Unreachable(
                f"the read index {self._path} cannot be used: {error}", "delete the file; it is made again"
            ) from error

    def at(self, stream: str, number: int) -> Placed | None:
        """The entry with a number."""
        return self._one("stream = ? AND number = ?", stream, number)

    def latest(self, stream: str, line: str = "") -> Placed | None:
        """The newest artefact of a stream, of one major line if that is given."""
        if line:
            return self._one("stream = ? AND line = ? AND digest != '' ORDER BY number DESC", stream, line)
        return self._one("stream = ? AND digest != '' ORDER BY number DESC", stream)

    def lines(self, stream: str) -> list[str]:
        """The major lines whose artefacts a stream holds."""
        rows = self._db.execute("SELECT DISTINCT line FROM entry WHERE stream = ? AND digest != ''", (stream,))
        return sorted(line for (line,) in rows)

    def by_id(self, entry_id: str) -> Placed | None:
        """The entry with an id."""
        return self._one("id = ?", entry_id)

    def by_digest(self, prefix: str) -> list[Placed]:
        """The artefacts whose digest starts so, newest first."""
        high = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return list(self._select("digest >= ? AND digest < ? ORDER BY created DESC", prefix, high))

    def of_kinds(self, kinds: Sequence[str], limit: int = -1) -> Iterator[Placed]:
        """Entries of some kinds, newest first; all of them where `limit` is negative."""
        marks = ",".join("?" * len(kinds))
        yield from self._select(f"kind IN ({marks}) ORDER BY created DESC, stream, number DESC LIMIT ?", *kinds, limit)

    def made_from(self, entry_id: str) -> Iterator[Placed]:
        """What has a relationship to an entry."""
        yield from self._select(
            "id IN (SELECT source FROM edge WHERE target = ?) ORDER BY created, stream, number", entry_id
        )

    def streams(self) -> dict[str, int]:
        """Every stream and the number of its last entry that the index has followed."""
        return dict(self._db.execute("SELECT name, position FROM stream ORDER BY number"))

    def open_runs(self) -> list[str]:
        """Runs that have started and not ended: they go on, or were killed."""
        query = "SELECT run FROM entry WHERE kind = ? EXCEPT SELECT run FROM entry WHERE kind = ?"
        return [run for (run,) in self._db.execute(query, (RUN_STARTED, RUN_FINISHED))]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _one(self, where: str, *values: Any) -> Placed | None:
        return next(self._select(f"{where} LIMIT 1", *values), None)

    def _select(self, where: str, *values: Any) -> Iterator[Placed]:
        rows = self._db.execute(f"SELECT number, value FROM entry WHERE {where}", values)  # noqa: S608  # own text only
        for number, value in rows.fetchall():
            yield Placed(number, unseal_entry(_KEY, value))

    def _follow(self) -> None:
        known = self._db.execute("SELECT count(*) FROM stream").fetchone()[0]
        for number, name in self._ledger.streams.names(after=known):
            self._db.execute("INSERT OR IGNORE INTO stream VALUES (?, ?, 0)", (name, number))
        positions = self.streams()
        for name in self._ledger.streams.longer_than(positions):
            self._add(name, list(self._ledger.streams.follow(name, after=positions[name])))

    def _add(self, stream: str, new: Sequence[Placed]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            for placed in new:
                self._add_one(placed)
            self._db.execute("UPDATE stream SET position = max(position, ?) WHERE name = ?", (new[-1].number, stream))

    def _add_one(self, placed: Placed) -> None:
        entry, artefact = placed.entry, placed.entry.artefact
        line = "" if artefact is None else _line(artefact.definition)
        done = self._db.execute(
            "INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.stream,
                placed.number,
                entry.id,
                entry.kind,
                entry.created,
                line,
                artefact.digest if artefact else "",
                entry.origin.run,
                seal_entry(_KEY, entry),
            ),
        )
        if done.rowcount == 0:
            return
        edges = {(entry.id, relationship.entry) for relationship in entry.relationships}
        self._db.executemany("INSERT INTO edge VALUES (?, ?)", sorted(edges))
        if entry.kind == RUN_STARTED:
            steps = [(entry.origin.run, step, item) for step, item in entry.details.get("steps", ())]
            self._db.executemany("INSERT OR IGNORE INTO open_step VALUES (?, ?, ?)", steps)
        elif entry.kind == RUN_FINISHED:
            self._db.execute("DELETE FROM open_step WHERE run = ?", (entry.origin.run,))

    def _roll_forward(self) -> list[StepRecord]:
        places = self._db.execute("SELECT run, step, item FROM open_step").fetchall()
        found = list(self._ledger.steps(places))
        for record in found:
            self._ledger.roll_forward(record)
            self._db.execute(
                "DELETE FROM open_step WHERE run = ? AND step = ? AND item = ?", (record.run, record.step, record.item)
            )
        return found

    def _is_of_another_ledger(self) -> bool:
        """Whether the ledger was replaced: what the index saw last in a stream is not there any more."""
        for name, position in self.streams().items():
            if position and (seen := self.at(name, position)) is not None:
                there = self._ledger.streams.read(name, position)
                return there is None or there.id != seen.entry.id
        return False

    def _forget_all(self) -> None:
        for table in ("entry", "edge", "stream", "open_step"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # own text only

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError:
            # It holds nothing of its own: a damaged or older file is made again.
            self._path.unlink(missing_ok=True)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=30.0, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            db.close()
            raise sqlite3.DatabaseError(f"an index of version {version}")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version={_VERSION}")
        return db


def _line(definition: str) -> str:
    """`NAME@1.2.3` is of line `1`, `NAME@0.2.0` of `0.2`, a report without a version of none."""
    _, _, version = definition.partition("@")
    major, _, rest = version.partition(".")
    return f"0.{rest.partition('.')[0]}" if major == "0" else major
