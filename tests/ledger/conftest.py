"""Ledgers named for their state. What they hold is made by `at_hand`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from at_hand import PROJECT, entry, run_finished, run_started, save_blob, saved_artefact, step_record

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger


@pytest.fixture
def fresh_ledger(tmp_path: Path) -> Ledger:
    """An empty ledger in memory, its blobs in a folder."""
    return Ledger(MemoryKeyValueStore(), FolderBlobStore(tmp_path / "blobs"), PROJECT)


@pytest.fixture
def embedded_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger as a laptop has it."""
    keys = SqliteKeyValueStore(tmp_path / "ledger.db")
    yield Ledger(keys, FolderBlobStore(tmp_path / "blobs"), PROJECT)
    keys.close()


@pytest.fixture
def open_index(tmp_path: Path) -> Iterator[Callable[..., ReadIndex]]:
    """Opens an index of a ledger, `index.db` if no other name is given."""
    opened: list[ReadIndex] = []

    def open_one(ledger: Ledger, name: str = "index.db") -> ReadIndex:
        opened.append(ReadIndex(tmp_path / name, ledger))
        return opened[-1]

    yield open_one
    for index in opened:
        index.close()


@pytest.fixture
def filled_ledger(fresh_ledger: Ledger) -> Ledger:
    """A ledger in memory that a run of two steps, a notebook and the action cache have written to."""
    fill(fresh_ledger)
    return fresh_ledger


@pytest.fixture
def filled_embedded_ledger(embedded_ledger: Ledger) -> Ledger:
    """The same in SQLite."""
    fill(embedded_ledger)
    return embedded_ledger


def fill(ledger: Ledger) -> None:
    ledger.append(run_started("r1", ["scale", "train"]))
    scaled = saved_artefact(ledger, b"rows", kind="batch")
    batch = ledger.commit(step_record("r1", "scale", {"batch": ("images", scaled)}, cache_key="aa")).outputs["batch"]
    weights = saved_artefact(ledger, b"weights", kind="checkpoint")
    outputs = {"checkpoint": ("digits", weights), "metrics": ("report", saved_artefact(ledger, b"{}", kind="report"))}
    ledger.commit(step_record("r1", "train", outputs, made_from=[batch], cache_key="bb"))
    ledger.append(run_finished("r1", {"scale": True, "train": True}))
    notebook = entry("note/1", "images", artefact=saved_artefact(ledger, b"more rows", kind="batch"), made_from=[batch])
    ledger.append(notebook)
    save_blob(ledger, b"of nobody")
