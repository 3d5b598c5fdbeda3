"""What must hold of a record, whatever happened to the parts below it."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dapr_stores import DaprStore
from postgres import Postgres

from jeyn.ledger.verify import verify
from jeyn.model.artefact import Entry
from jeyn.project import Project

_NUMBERED = re.compile(r"jeyn/1/[^/]+/((?:stream|cache)/[^/]+|streams)/(\d+)")
_STEP = re.compile(r"jeyn/1/[^/]+/step/(.+)")


@dataclass(frozen=True)
class Record:
    """The record of a project in an environment. `keys` lists what the store holds, without Jeyn and Dapr."""

    root: Path
    environment: str
    keys: Callable[[], list[str]]
    sidecar: str = ""

    def entries(self) -> dict[str, str]:
        """Every entry id by its reference, as `whole_entries`."""
        return {reference: entry.id for reference, entry in self.whole_entries().items()}

    def whole_entries(self) -> dict[str, Entry]:
        """Every entry by its reference, after whatever a fault left open has been completed; all of it is whole."""
        with closing(Project(self.root, self.environment, sidecar=self.sidecar)) as project:
            index = project.index
            assert verify(project.ledger, index.streams()).problems == []
            found = {
                str(placed): placed.entry
                for stream in index.streams()
                for placed in project.ledger.streams.follow(stream, 0)
            }
            assert index.ids() == {entry.id for entry in found.values()}
        assert len({entry.id for entry in found.values()}) == len(found), "an entry stands twice"
        _check_keys(self.keys(), found.values())
        return found


def _check_keys(keys: Iterable[str], entries: Iterable[Entry]) -> None:
    """The store holds the entries that were read and no others, and no step whose entries are not among them."""
    keys = list(keys)
    ids = [entry.id for entry in entries]
    check_numbers(keys, len(ids))
    placed = {entry_id.rpartition("/")[0] for entry_id in ids}
    assert {found[1] for key in keys if (found := _STEP.fullmatch(key))} <= placed, "a committed step is not placed"


def check_numbers(keys: Iterable[str], entries: int) -> None:
    """In the store itself every sequence is 1, 2, 3, …, and the streams hold so many entries."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        if found := _NUMBERED.fullmatch(key):
            numbers[found[1]].append(int(found[2]))
    for sequence, there in numbers.items():
        assert sorted(there) == list(range(1, len(there) + 1)), f"{sequence} has a gap"
    assert sum(len(there) for sequence, there in numbers.items() if sequence.startswith("stream/")) == entries


def stored_keys(store: DaprStore) -> list[str]:
    """The keys of a state store in a server, read without Dapr."""
    if isinstance(store.backend, Postgres):
        return store.backend.query("SELECT key FROM state", store.kind).splitlines()
    from valkey import Valkey

    assert store.backend is not None, "a store in a server"
    with closing(Valkey(port=store.backend.port, decode_responses=True)) as client:
        return list(client.scan_iter("jeyn/*", count=1000))


def keys_in(file: Path, table: str) -> list[str]:
    """The keys in a SQLite file: `written` is Jeyn's own table, `state` that of Dapr's component."""
    with closing(sqlite3.connect(file, timeout=10)) as database:
        return [key for (key,) in database.execute(f"SELECT key FROM {table}")]


def embedded(root: Path) -> Record:
    """The record of a project's embedded ledger."""
    return Record(root, "", lambda: keys_in(root / ".jeyn" / "ledger.db", "written"))


def acknowledged(run: Mapping[str, Any]) -> dict[str, str]:
    """Of a run as JSON, the entry id of every output that it told, by reference."""
    return {
        reference: f"{run['run']}/{step['name']}/-/{output}"
        for step in run["steps"]
        for output, reference in step["outputs"].items()
    }
