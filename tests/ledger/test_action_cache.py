"""The action cache: which steps have computed a key, and whether what they made is still there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from at_hand import PROJECT, saved_artefact, step_record

from jeyn.errors import IntegrityError
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import StepRecord


def commit(ledger: Ledger, run: str, data: bytes, key: str = "k") -> StepRecord:
    record = step_record(run, "train", {"checkpoint": ("digits", saved_artefact(ledger, data))}, cache_key=key)
    return ledger.commit(record).record


def remove_blob(ledger: Ledger, record: StepRecord) -> None:
    artefact = record.entries[0].entry.artefact
    assert artefact is not None
    ledger.blobs.fetch(artefact.blobs[0].digest).unlink()


def test_nothing_is_known_of_a_new_key(fresh_ledger: Ledger) -> None:
    assert fresh_ledger.cached("k") is None
    assert fresh_ledger.cache.steps("k") == []


def test_the_newest_step_is_found(fresh_ledger: Ledger) -> None:
    first, second = commit(fresh_ledger, "r1", b"one"), commit(fresh_ledger, "r2", b"two")
    assert fresh_ledger.cached("k") == second
    assert fresh_ledger.cache.steps("k") == [("r2", "train", ""), ("r1", "train", "")]
    assert first != second
    assert fresh_ledger.cached("another") is None


def test_a_step_without_a_key_is_not_remembered(fresh_ledger: Ledger) -> None:
    commit(fresh_ledger, "r1", b"one", key="")
    rows = fresh_ledger.keys.rows()
    assert rows is not None
    assert not [key for key, _ in rows if "/cache/" in key]


def test_the_newest_whose_blobs_are_there_wins(fresh_ledger: Ledger) -> None:
    first, second = commit(fresh_ledger, "r1", b"one"), commit(fresh_ledger, "r2", b"two")
    remove_blob(fresh_ledger, second)
    assert fresh_ledger.cached("k") == first
    remove_blob(fresh_ledger, first)
    assert fresh_ledger.cached("k") is None


def test_a_step_that_is_named_and_not_committed_is_passed_over(fresh_ledger: Ledger) -> None:
    record = commit(fresh_ledger, "r1", b"one")
    fresh_ledger.cache.remember("k", ("r9", "train", ""))
    assert fresh_ledger.cached("k") == record


def test_a_step_is_remembered_once(fresh_ledger: Ledger) -> None:
    record = commit(fresh_ledger, "r1", b"one")
    commit(fresh_ledger, "r2", b"two")
    for _ in range(3):
        fresh_ledger.roll_forward(record)
    assert fresh_ledger.cache.steps("k") == [("r2", "train", ""), ("r1", "train", "")]


def test_steps_with_items_are_told_apart(fresh_ledger: Ledger) -> None:
    for item in ("a", "b", ""):
        fresh_ledger.cache.remember("k", ("r1", "train", item))
    assert fresh_ledger.cache.steps("k") == [("r1", "train", item) for item in ("", "b", "a")]


def test_many_may_remember_at_once(embedded_ledger: Ledger) -> None:
    def remember(number: int) -> None:
        ledger = Ledger(embedded_ledger.keys, embedded_ledger.blobs, PROJECT)
        for _ in range(2):
            ledger.cache.remember("k", (f"r{number}", "train", ""))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(remember, range(24)))
    steps = embedded_ledger.cache.steps("k")
    assert sorted(steps) == sorted((f"r{number}", "train", "") for number in range(24))


def test_a_changed_row_is_not_trusted(fresh_ledger: Ledger) -> None:
    commit(fresh_ledger, "r1", b"one")
    held = fresh_ledger.keys._held  # type: ignore[attr-defined]  # the memory store's
    at = fresh_ledger.layout.cache("k", 1)
    held[at] = held[at].replace(b"r1", b"r2")
    with pytest.raises(IntegrityError):
        fresh_ledger.cached("k")


def test_the_keys_are_those_of_the_format(filled_ledger: Ledger, tmp_path: Path) -> None:
    rows = filled_ledger.keys.rows()
    assert rows is not None
    assert sorted(key.removeprefix("jeyn/1/digits/") for key, _ in rows) == [
        "cache/aa/1",
        "cache/bb/1",
        "step/r1/scale/-",
        "step/r1/train/-",
        "stream/digits/1",
        "stream/images/1",
        "stream/images/2",
        "stream/report/1",
        "stream/train-digits/1",
        "stream/train-digits/2",
        "streams/1",
        "streams/2",
        "streams/3",
        "streams/4",
    ]
