"""The newest of a stream, found from its end: what an index would say."""

from __future__ import annotations

import pytest

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ledger.layout import Layout
from jeyn.ledger.newest import backwards, newest_artefact
from jeyn.ledger.streams import Streams
from jeyn.model.artefact import BATCH, RUN_STARTED, Artefact, Entry, Origin

ORIGIN = Origin(commit="a" * 40, dirty=False, repository="", actor="")


def entry(number: int, definition: str = "") -> Entry:
    artefact = Artefact(BATCH, definition, "", "", f"sha256:{number:064}", ()) if definition else None
    return Entry(f"id/{number}", "readings", BATCH if definition else RUN_STARTED, "", ORIGIN, artefact)


@pytest.fixture
def streams() -> Streams:
    return Streams(MemoryKeyValueStore(), Layout("project"))


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 40])
def test_backwards_is_every_entry_once(streams: Streams, count: int) -> None:
    for number in range(1, count + 1):
        streams.append(entry(number))
    assert [placed.number for placed in backwards(streams, "readings")] == list(range(count, 0, -1))


def test_the_newest_is_of_the_line_that_is_asked_for(streams: Streams) -> None:
    definitions = ["readings@1.0.0", "readings@2.1.0", "readings@0.2.0", "", "readings@1.4.0", *[""] * 20]
    for number, definition in enumerate(definitions, 1):
        streams.append(entry(number, definition))
    found = {line: newest_artefact(streams, "readings", line) for line in ("", "1", "2", "0.2", "3")}
    assert {line: placed and placed.number for line, placed in found.items()} == {
        "": 5,
        "1": 5,
        "2": 2,
        "0.2": 3,
        "3": None,
    }
    assert newest_artefact(streams, "nothing") is None
