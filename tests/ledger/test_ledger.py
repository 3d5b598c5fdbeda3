"""Committing steps: which record stands, who is told what."""

from __future__ import annotations

import pytest
from at_hand import PROJECT, artefact, entry, step_record

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.errors import Unreachable
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import Placed

TWO = {"checkpoint": ("digits", artefact("weights")), "metrics": ("report", artefact("metrics"))}


def test_a_commit_places_every_output(fresh_ledger: Ledger) -> None:
    fresh_ledger.append(entry("before", "report"))
    record = step_record("r1", "train", TWO)
    done = fresh_ledger.commit(record)
    checkpoint, metrics = (one.entry for one in record.entries)
    assert done.record == record
    assert done.outputs == {"checkpoint": Placed(1, checkpoint), "metrics": Placed(2, metrics)}
    assert {name: str(placed) for name, placed in done.outputs.items()} == {
        "checkpoint": "digits#1",
        "metrics": "report#2",
    }


def test_the_first_record_stands(fresh_ledger: Ledger) -> None:
    first = fresh_ledger.commit(step_record("r1", "train", TWO))
    late = step_record("r1", "train", {"checkpoint": ("digits", artefact("other weights"))})
    assert fresh_ledger.commit(late) == first
    assert Ledger(fresh_ledger.keys, fresh_ledger.blobs, PROJECT).commit(late) == first
    assert fresh_ledger.streams.head("digits") == 1


def test_a_step_may_give_nothing(fresh_ledger: Ledger) -> None:
    done = fresh_ledger.commit(step_record("r1", "clean", {}, cache_key="k"))
    assert done.outputs == {}
    assert fresh_ledger.cached("k") == done.record


def test_a_step_may_give_several_entries_of_one_stream(fresh_ledger: Ledger) -> None:
    outputs = {"train": ("images", artefact("train")), "held_back": ("images", artefact("held back"))}
    done = fresh_ledger.commit(step_record("r1", "split", outputs))
    assert {name: placed.number for name, placed in done.outputs.items()} == {"train": 1, "held_back": 2}
    assert fresh_ledger.roll_forward(done.record) == done


def test_records_are_found_by_run_step_and_item(fresh_ledger: Ledger) -> None:
    places = [("r1", "train", ""), ("r1", "train", "a"), ("r1", "scale", ""), ("r2", "train", "")]
    records = [step_record(run, step, {}, item=item) for run, step, item in places]
    for record in records[:3]:
        fresh_ledger.commit(record)
    assert [fresh_ledger.step(*place) for place in places] == [*records[:3], None]
    assert {record.step + record.item for record in fresh_ledger.steps(places)} == {"train", "traina", "scale"}
    assert list(fresh_ledger.steps([])) == []


def test_a_store_that_refuses_and_holds_nothing_is_unreachable(fresh_ledger: Ledger) -> None:
    class Refusing(MemoryKeyValueStore):
        """Breaks its promise: a create is refused, and there is nothing."""

        def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
            return "/step/" not in key and super().create(key, value)

    keys = Refusing()
    with pytest.raises(Unreachable, match="refuses"):
        Ledger(keys, fresh_ledger.blobs, PROJECT).commit(step_record("r1", "train", TWO))
    assert list(keys.rows()) == []  # least of all an entry that was not committed
