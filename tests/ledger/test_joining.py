"""Joining ledgers: all is brought over, once, whoever else does so, and wherever it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from at_hand import PROJECT, entry, run_finished, run_started, saved_artefact, step_record
from interleaving import Exploration
from judged import NO_BLOBS, Raw, check_always, check_end
from tries import a_try, real_ledger

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.errors import IntegrityError
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.joining import Joined, Side, join
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.verify import verify
from jeyn.ports import KeyValueStore


def side(ledger: Ledger) -> Side:
    index = ReadIndex(Path(":memory:"), ledger)
    index.sync()
    return Side(ledger, index)


def joined(source: Ledger, target: Ledger) -> Joined:
    return join(side(source), side(target), lambda done: None)


def a_ledger(folder: Path) -> Ledger:
    return Ledger(MemoryKeyValueStore(), FolderBlobStore(folder), PROJECT)


def with_a_run(ledger: Ledger, run: str = "r1") -> Ledger:
    """Two steps, of which the second refers to the first, in a run with start and end; and a notebook's save."""
    ledger.append(run_started(run, ["scale", "train"]))
    images = saved_artefact(ledger, f"images of {run}".encode())
    scaled = ledger.commit(step_record(run, "scale", {"batch": ("images", images)}, cache_key=f"k/{run}"))
    model = saved_artefact(ledger, f"model of {run}".encode(), definition="digits@1.0.0")
    record = step_record(run, "train", {"model": ("digits", model)}, made_from=scaled.outputs.values())
    ledger.commit(record)
    ledger.append(run_finished(run, {"scale": True, "train": True}))
    note = saved_artefact(ledger, f"note of {run}".encode())
    ledger.append(entry(f"note/{run}", "images", artefact=note, made_from=scaled.outputs.values()))
    return ledger


def entries(ledger: Ledger) -> dict[str, Any]:
    index = side(ledger).index
    return {placed.entry.id: placed.entry for placed in index.every()}


def test_entries_travel_unchanged_and_get_numbers_of_the_target(tmp_path: Path) -> None:
    source, target = with_a_run(a_ledger(tmp_path / "a")), with_a_run(a_ledger(tmp_path / "b"), "r2")
    done = joined(source, target)
    assert (done.entries, done.blobs) == (5, 3)
    assert entries(target) == {**entries(with_a_run(a_ledger(tmp_path / "c"), "r2")), **entries(source)}
    assert target.streams.head("images") == 4
    assert verify(target, {}).problems == []
    assert side(target).index.open_runs() == []


def test_again_nothing_is_brought(tmp_path: Path) -> None:
    source, target = with_a_run(a_ledger(tmp_path / "a")), a_ledger(tmp_path / "b")
    joined(source, target)
    before = dict(target.keys.rows() or ())
    assert joined(source, target) == Joined()
    assert joined(target, source) == Joined()
    assert dict(target.keys.rows() or ()) == before


def test_the_action_cache_stays_behind(tmp_path: Path) -> None:
    source, target = with_a_run(a_ledger(tmp_path / "a")), a_ledger(tmp_path / "b")
    joined(source, target)
    assert source.cache.steps("k/r1") != []
    assert target.cache.steps("k/r1") == []
    side(target)  # a reader that rolls forward
    assert Raw(target.keys).cache == {}  # type: ignore[arg-type]  # it is in memory


def test_what_comes_later_is_brought_later(tmp_path: Path) -> None:
    source, target = a_ledger(tmp_path / "a"), a_ledger(tmp_path / "b")
    for number in range(3):
        with_a_run(source, f"r{number}")
        assert joined(source, target).entries == 5
    assert entries(target) == entries(source)


def test_a_blob_that_was_changed_is_not_brought(tmp_path: Path) -> None:
    source, target = with_a_run(a_ledger(tmp_path / "a")), a_ledger(tmp_path / "b")
    blob = next((tmp_path / "a" / "sha256").glob("*/*"))
    blob.chmod(0o644)
    blob.write_bytes(b"something else")
    with pytest.raises(IntegrityError):
        joined(source, target)
    assert verify(target, {}).problems == []


def test_it_may_end_after_any_write(tmp_path: Path) -> None:
    """Cut off before each of its writes in turn, then repeated: the same as if it had never been cut off."""
    source = with_a_run(a_ledger(tmp_path / "a"))
    whole = a_ledger(tmp_path / "b")
    joined(source, whole)
    writes = len(list(whole.keys.rows() or ()))
    for cut in range(writes):
        keys = CutOff(cut)
        target = Ledger(keys, FolderBlobStore(tmp_path / f"cut-{cut}"), PROJECT)
        with pytest.raises(KeyboardInterrupt):
            joined(source, target)
        keys.left = 10**6
        assert verify(target, {}).problems == []
        joined(source, target)
        assert entries(target) == entries(source)
        assert verify(target, {}).problems == []


def test_another_who_pushes_the_same_and_brings_the_index_on_meanwhile(tmp_path: Path) -> None:
    """Processes on one machine share the file of the target's index."""
    source, keys = with_a_run(a_ledger(tmp_path / "a")), MemoryKeyValueStore()

    def target() -> Side:
        ledger = Ledger(keys, FolderBlobStore(tmp_path / "b"), PROJECT)
        index = ReadIndex(tmp_path / "index.db", ledger)
        index.sync()
        return Side(ledger, index)

    def another(_: Joined) -> None:
        if target().index.ids() != set(entries(source)):
            join(side(source), target(), lambda done: None)
            target()

    first = target()
    join(side(source), first, another)
    assert verify(first.ledger, {}).problems == []
    assert entries(first.ledger) == entries(source)


def test_what_a_push_reads_grows_as_what_it_brings(tmp_path: Path) -> None:
    class Counting(MemoryKeyValueStore):
        asked = 0

        def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
            wanted = list(keys)
            self.asked += len(wanted)
            return super().get_many(wanted)

    def asked(runs: int) -> int:
        source, keys = a_ledger(tmp_path / f"a{runs}"), Counting()
        for number in range(runs):
            source.append(run_started(f"r{number}", []))
        joined(source, Ledger(keys, FolderBlobStore(tmp_path / "b"), PROJECT))
        return keys.asked

    assert asked(400) < 5 * asked(100)


class CutOff(MemoryKeyValueStore):
    """Ends whoever writes to it, after so many writes."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().create(key, value, rebuildable=rebuildable)


def a_push(step: str, outputs: dict[str, str], *, content: str) -> Callable[[KeyValueStore], Joined]:
    """Somebody who brings a step over from a ledger that has recorded other things before."""
    source = Ledger(MemoryKeyValueStore(), NO_BLOBS, PROJECT)
    for stream in outputs.values():
        for number in range(3):
            source.append(entry(f"elsewhere/{stream}/{number}", stream))
    a_try(real_ledger, step, outputs, content=content)(source.keys)
    only_steps = [placed for placed in side(source).index.every() if placed.entry.origin.step]

    def process(keys: KeyValueStore) -> None:
        target = Ledger(keys, NO_BLOBS, PROJECT)
        for placed in only_steps:
            origin = placed.entry.origin
            record = source.step(origin.run, origin.step, origin.item)
            assert record is not None
            target.adopt(record)

    return process


OUTPUTS = {"checkpoint": "digits", "metrics": "report"}


@pytest.mark.parametrize("crashes", [0, 2])
def test_two_may_push_the_same_at_once_in_every_interleaving(crashes: int) -> None:
    keys = MemoryKeyValueStore()
    before = Ledger(keys, NO_BLOBS, PROJECT)
    before.append(run_started("r1", ["train"]))
    before.append(entry("before", "digits"))
    appended = ["r1/start", "before"]
    push = a_push("train", OUTPUTS, content="once")
    exploration = Exploration(
        [push, push],
        lambda store: check_always(store, appended),
        lambda store: check_end(store, appended),
    )
    assert exploration.run(keys, crashes=crashes, lies=1) > 1000
