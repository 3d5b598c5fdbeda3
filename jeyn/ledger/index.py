"""The read index: a local SQLite file that answers what streams alone cannot, such as what was made from what.

It follows the streams incrementally and holds nothing of its own, so it can be deleted at any time. Following also
completes what a crash left open: the steps of runs without an end are looked up and rolled forward first.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from jeyn.errors import IntegrityError, Unreachable
from jeyn.ledger.index_file import (
    FACTS,
    SNAPSHOTS,
    IndexUseless,
    answering,
    open_index,
    remake_index,
    transaction,
)
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.records import text_of, unseal_entry
from jeyn.model.artefact import RUN_FANNED_OUT, RUN_FINISHED, RUN_STARTED, Entry, Placed
from jeyn.model.names import definition_line
from jeyn.model.timestamps import now

# How long the steps that a run's end does not call done are looked for, in seconds: a process that nobody waits for
# any more may still commit.
_ZOMBIES_LIVE = 24 * 3600
# How many entries are added in one transaction.
_AT_ONCE = 2000


class ReadIndex:
    """Queries over one ledger's entries. `sync` first; what is asked then is answered from the file alone.

    Threads may share one: they take turns.
    """

    def __init__(self, path: Path, ledger: Ledger) -> None:
        """Open the file, or make it. The ledger is asked for nothing before `sync`."""
        self._path = path
        self._ledger = ledger
        self._db = open_index(path)
        self._lock = threading.RLock()
        self._is_checked = False

    def sync(self) -> None:
        """Follow the ledger to its present end. Two processes may do so at once."""
        with self._lock:
            try:
                with answering(self._path):
                    self._catch_up()
            except IndexUseless:
                self._remake()
                with answering(self._path):
                    self._catch_up()

    def as_of(self) -> str:
        """When the index last followed the ledger to its end, as RFC 3339 in UTC; empty if it never did."""
        return next((at for (at,) in self._rows("SELECT at FROM followed")), "")

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
        rows = self._rows("SELECT DISTINCT line FROM entry WHERE stream = ? AND digest != ''", stream)
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

    def every(self) -> Iterator[Placed]:
        """All entries, oldest first."""
        yield from self._select("true ORDER BY created, stream, number")

    def since(self, row: int) -> Iterator[tuple[int, Placed]]:
        """The entries that were followed after a row of the index, in that order, each with its row."""
        rows = self._rows("SELECT rowid, stream, number, value FROM entry WHERE rowid > ? ORDER BY rowid", row)
        for at, stream, number, value in rows:
            yield at, Placed(number, self._entry(stream, number, value))

    def ids(self) -> set[str]:
        """The ids of all entries."""
        return {entry_id for (entry_id,) in self._rows("SELECT id FROM entry")}

    def snapshots(self) -> set[str]:
        """The commits of uncommitted trees that entries name."""
        return {commit for (commit,) in self._rows(SNAPSHOTS)}

    def position(self, stream: str) -> int:
        """The number up to which a stream has been followed; 0 where it is not known."""
        return next((number for (number,) in self._rows("SELECT position FROM stream WHERE name = ?", stream)), 0)

    def streams(self) -> dict[str, int]:
        """Every stream and the number of its last entry that the index has followed."""
        return dict(self._rows("SELECT name, position FROM stream ORDER BY number"))

    def open_runs(self) -> list[str]:
        """Runs that have started and not ended: they go on, or were killed."""
        query = "SELECT run FROM entry WHERE kind = ? EXCEPT SELECT run FROM entry WHERE kind = ?"
        return [run for (run,) in self._rows(query, RUN_STARTED, RUN_FINISHED)]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _one(self, where: str, *values: Any) -> Placed | None:
        return next(self._select(f"{where} LIMIT 1", *values), None)

    def _select(self, where: str, *values: Any) -> Iterator[Placed]:
        rows = self._rows(f"SELECT stream, number, value FROM entry WHERE {where}", *values)  # noqa: S608  # own text only
        for stream, number, value in rows:
            yield Placed(number, self._entry(stream, number, value))

    def _entry(self, stream: str, number: int, value: object) -> Entry:
        try:
            # Damage may leave something else than bytes in a row; no seal is that of nothing.
            key = self._ledger.layout.entry(stream, number)
            return unseal_entry(key, value if isinstance(value, bytes) else b"")
        except IntegrityError as error:
            raise self._useless(error) from error

    def _rows(self, query: str, *values: Any) -> list[Any]:
        try:
            with self._lock, answering(self._path):
                return self._db.execute(query, values).fetchall()
        except IndexUseless as error:
            raise self._useless(error) from error

    def _useless(self, error: Exception) -> Unreachable:
        """The error of a question that a damaged file cannot answer; the file is empty then, and will be filled."""
        self._remake()
        return Unreachable(f"the read index {self._path} was damaged, and is made again: {error}", "ask again")

    def _remake(self) -> None:
        with self._lock:
            self._db.close()
            self._db = remake_index(self._path)

    def _catch_up(self) -> None:
        if not self._is_checked:
            self._forget_another_ledger()
            self._is_checked = True
        began = now()
        self._follow()
        if self._roll_forward():
            self._follow()
        self._db.execute("INSERT OR REPLACE INTO followed VALUES (1, ?)", (began,))

    def _follow(self) -> None:
        known = self._db.execute("SELECT count(*) FROM stream").fetchone()[0]
        named = [(name, number) for number, name in self._ledger.streams.names(after=known)]
        if named:
            with transaction(self._db):
                self._db.executemany("INSERT OR IGNORE INTO stream VALUES (?, ?, 0)", named)
        positions = self._positions()
        for name in self._ledger.streams.longer_than(positions):
            new = self._ledger.streams.sealed(name, after=positions[name])
            while some := list(islice(new, _AT_ONCE)):
                self._add(name, some)

    def _add(self, stream: str, new: Sequence[tuple[int, bytes]]) -> None:
        """Add entries whose seals are whole."""
        with transaction(self._db):
            here = self.position(stream)  # another process may have been here meanwhile
            new = [one for one in new if one[0] > here]
            if not new:
                return
            rows, edges, runs = [], [], []
            for number, value in new:
                found = self._db.execute(FACTS, (text_of(value),)).fetchone()[0]
                entry_id, kind, created, definition, digest, run, relationships = json.loads(found)
                line = definition_line(definition or "")
                rows.append((stream, number, entry_id, kind, created, line, digest or "", run, value))
                edges += [(entry_id, target) for target in {edge["entry"] for edge in relationships}]
                if kind in (RUN_STARTED, RUN_FANNED_OUT, RUN_FINISHED):
                    runs.append(self._entry(stream, number, value))
            self._db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self._db.executemany("INSERT INTO edge VALUES (?, ?)", edges)
            self._db.execute("UPDATE stream SET position = ? WHERE name = ?", (new[-1][0], stream))
            for entry in runs:
                self._note_run(entry)

    def _note_run(self, entry: Entry) -> None:
        if entry.kind in (RUN_STARTED, RUN_FANNED_OUT):
            steps = [(entry.origin.run, step, item) for step, item in entry.details.get("steps", ())]
            self._db.executemany("INSERT OR IGNORE INTO open_step VALUES (?, ?, ?, NULL)", steps)
        elif entry.kind == RUN_FINISHED:
            self._close_run(entry)

    def _close_run(self, end: Entry) -> None:
        """Forget the steps whose outputs the run's end tells, and those that it skipped.

        The others may yet turn out to be committed.
        """
        run, told = end.origin.run, end.details.get("steps", ())
        done = [(run, step["name"]) for step in told if step.get("outputs") or step.get("status") == "skipped"]
        self._db.executemany("DELETE FROM open_step WHERE run = ? AND step = ?", done)
        self._db.execute("UPDATE open_step SET until = ? WHERE run = ?", (time.time() + _ZOMBIES_LIVE, run))

    def _roll_forward(self) -> bool:
        """Complete the steps that are committed; whether there were any."""
        began = time.time()
        places = self._db.execute("SELECT run, step, item FROM open_step").fetchall()
        found = list(self._ledger.steps(places))
        for record in found:
            self._ledger.roll_forward(record)
            self._db.execute(
                "DELETE FROM open_step WHERE run = ? AND step = ? AND item = ?", (record.run, record.step, record.item)
            )
        self._db.execute("DELETE FROM open_step WHERE until < ?", (began,))
        return bool(found)

    def _forget_another_ledger(self) -> None:
        """Start anew if the ledger was replaced. Of two processes that find it so, one forgets."""
        if self._is_of_another_ledger():
            with transaction(self._db):
                if self._is_of_another_ledger():
                    for table in ("entry", "edge", "stream", "open_step"):
                        self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # own text only

    def _is_of_another_ledger(self) -> bool:
        """Whether any stream no longer holds what the index saw last in it."""
        query = "SELECT name, position, id FROM stream JOIN entry ON stream = name AND entry.number = position"
        seen = {(name, number): entry_id for name, number, entry_id in self._db.execute(query)}
        there = {place: entry.id for place, entry in self._ledger.streams.at(seen).items()}
        return there != seen

    def _positions(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, position FROM stream").fetchall())
