"""Verification: whatever was changed in a ledger, it is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from at_hand import artefact, digest_of, entry, run_finished, run_started, saved_artefact, step_record

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.verify import Problem, verify, verify_entries
from jeyn.model.artefact import DERIVED_FROM, Relationship

ENTRIES, BLOBS = 6, 5


class WithoutAList(MemoryKeyValueStore):
    """A store that cannot list its keys, as most remote ones."""

    def rows(self) -> None:  # type: ignore[override]  # the port allows None, its parent has a list
        return None


def held(ledger: Ledger) -> dict[str, bytes]:
    """The rows of a ledger in memory, to be changed behind its back."""
    assert isinstance(ledger.keys, MemoryKeyValueStore)
    return ledger.keys._held


def listless(ledger: Ledger) -> Ledger:
    keys = WithoutAList()
    keys._held = held(ledger)
    return Ledger(keys, ledger.blobs, ledger.layout.project)


def problems(ledger: Ledger, seen: dict[str, int] | None = None) -> list[Problem]:
    return verify(ledger, seen or {}).problems


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def test_a_whole_ledger_has_no_problems(filled_ledger: Ledger, filled_embedded_ledger: Ledger) -> None:
    for ledger in (filled_ledger, filled_embedded_ledger, listless(filled_ledger)):
        found = verify(ledger, {"images": 2, "digits": 1})
        assert (found.entries, found.blobs, found.problems) == (ENTRIES, BLOBS, [])


def test_an_empty_ledger_has_no_problems(fresh_ledger: Ledger) -> None:
    assert problems(fresh_ledger) == []


def test_a_flipped_byte_in_any_row_is_found(filled_ledger: Ledger) -> None:
    rows = held(filled_ledger)
    for key, value in list(rows.items()):
        for at in (0, 7, 20, len(value) // 2, len(value) - 1):
            rows[key] = flip(value, at)
            assert key in {problem.where for problem in problems(filled_ledger)}
        rows[key] = value
    assert problems(filled_ledger) == []


def test_a_flipped_byte_is_found_where_keys_cannot_be_listed(filled_ledger: Ledger) -> None:
    rows = held(filled_ledger)
    ledger = listless(filled_ledger)
    for key, value in list(rows.items()):
        rows[key] = flip(value, len(value) // 2)
        if "/cache/" not in key:  # the cache is advice, and nothing leads to its rows
            assert problems(ledger), key
        rows[key] = value
    assert problems(ledger) == []


def test_all_that_cannot_be_read_is_told_not_only_the_first(fresh_ledger: Ledger) -> None:
    for number in range(12):
        fresh_ledger.append(entry(f"e/{number}", "images"))
    rows = held(fresh_ledger)
    for number in (1, 2, 7, 12):
        key = fresh_ledger.layout.entry("images", number)
        rows[key] = flip(rows[key], 30)
    assert [problem.where for problem in problems(listless(fresh_ledger))] == [
        "images#1",
        "images#2",
        "images#7",
        "images#12",
    ]
    assert len(problems(fresh_ledger)) == 4


@pytest.mark.parametrize("change", [lambda data: flip(data, 0), lambda data: data[:-1], lambda data: data + b"!"])
def test_changed_bytes_of_any_blob_are_found(filled_ledger: Ledger, change: Callable[[bytes], bytes]) -> None:
    needed = {digest for digest in filled_ledger.blobs.digests() if digest != digest_of(b"of nobody")}
    assert len(needed) == BLOBS
    for digest in filled_ledger.blobs.digests():
        path = filled_ledger.blobs.fetch(digest)
        whole = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(change(whole))
        found = problems(filled_ledger)
        assert [digest[9:] in problem.message for problem in found] == [True] * (digest in needed)
        path.write_bytes(whole)
    assert problems(filled_ledger) == []


def test_a_missing_blob_is_found_and_who_needs_it(filled_ledger: Ledger) -> None:
    filled_ledger.blobs.fetch(digest_of(b"weights")).unlink()
    (found,) = problems(filled_ledger)
    assert found.where == "digits#1"
    assert digest_of(b"weights") in found.message


def test_a_row_that_was_removed_is_found(filled_ledger: Ledger, open_index: Callable[..., ReadIndex]) -> None:
    index = open_index(filled_ledger)
    index.sync()
    rows = held(filled_ledger)
    for key, value in list(rows.items()):
        before = dict(rows)
        del rows[key]
        found = problems(filled_ledger, index.streams())
        if "/cache/" not in key:  # its last row is advice that was lost
            assert found, key
        rows.clear()
        rows.update(before)
        assert rows[key] == value
    assert problems(filled_ledger) == []


def test_two_rows_that_changed_places_are_found(filled_ledger: Ledger) -> None:
    rows = held(filled_ledger)
    one, other = (filled_ledger.layout.entry("images", number) for number in (1, 2))
    rows[one], rows[other] = rows[other], rows[one]
    assert {problem.where for problem in problems(filled_ledger)} == {one, other}
    assert {problem.where for problem in problems(listless(filled_ledger))} >= {"images#1", "images#2"}


def test_a_row_under_another_projects_key_is_found(filled_ledger: Ledger) -> None:
    rows = held(filled_ledger)
    last = filled_ledger.layout.entry("images", 2)
    moved = last.replace("/digits/", "/digitz/")
    rows[moved] = rows.pop(last)
    assert moved in {problem.where for problem in problems(filled_ledger)}


def test_another_project_in_the_same_store_is_no_problem(filled_ledger: Ledger) -> None:
    other = Ledger(filled_ledger.keys, filled_ledger.blobs, "other")
    other.append(entry("e/1", "images"))
    assert problems(filled_ledger) == []
    assert problems(other) == []


def test_a_gap_is_found(fresh_ledger: Ledger) -> None:
    for number in range(4):
        fresh_ledger.append(entry(f"e/{number}", "images"))
    del held(fresh_ledger)[fresh_ledger.layout.entry("images", 2)]
    assert problems(fresh_ledger) == [Problem("stream/images", "its numbers are not 1, 2, 3, … without a gap")]


def test_a_number_that_is_none_is_found(fresh_ledger: Ledger) -> None:
    from jeyn.ledger.records import seal

    fresh_ledger.append(entry("e/1", "images"))
    key = "jeyn/1/digits/stream/images/²"
    fresh_ledger.keys.create(key, seal(key, {}))
    assert [problem.where for problem in problems(fresh_ledger)] == ["stream/images"]


def test_a_stream_that_is_not_named_is_found(filled_ledger: Ledger) -> None:
    del held(filled_ledger)["jeyn/1/digits/streams/4"]
    assert [problem.message for problem in problems(filled_ledger)] == ["is not named in the stream of streams"]


def test_a_stream_that_is_shorter_than_it_was_seen_is_found(filled_ledger: Ledger) -> None:
    for ledger in (filled_ledger, listless(filled_ledger)):
        assert problems(ledger, {"images": 3}) == [Problem("images", "ends at 2, but 3 was seen before")]
        assert problems(ledger, {"gone": 1}) == [Problem("gone", "ends at 0, but 1 was seen before")]


def test_an_entry_twice_is_found(fresh_ledger: Ledger) -> None:
    for _ in range(2):
        fresh_ledger.append(entry("e/1", "images"))
    assert problems(fresh_ledger) == [Problem("images#2", "the same entry as images#1")]


def test_a_relationship_to_nothing_is_found(fresh_ledger: Ledger) -> None:
    edge = Relationship(DERIVED_FROM, "raw", "gone", digest_of(b"gone"))
    fresh_ledger.append(replace(entry("e/1", "images"), relationships=(edge,)))
    assert problems(fresh_ledger) == [Problem("images#1", "refers to the entry gone, which no stream holds")]


def test_what_is_recorded_while_it_verifies_is_no_problem(filled_ledger: Ledger) -> None:
    class Growing(MemoryKeyValueStore):
        """In this store, something is recorded in `aaa` and in `zzz` once `aaa` has been read."""

        def get_many(self, keys: object) -> dict[str, bytes]:
            found = super().get_many(keys)
            if any("/stream/aaa/" in key for key in keys) and "source" not in ids:
                ids.add("source")
                source = ledger.append(entry("source", "aaa", artefact=artefact("source")))
                ledger.append(entry("made", "zzz", artefact=artefact("made"), made_from=[source]))
            return found

    ids: set[str] = set()
    keys = Growing()
    ledger = Ledger(keys, filled_ledger.blobs, "digits")
    ledger.append(entry("first", "aaa"))
    ledger.append(entry("first of zzz", "zzz"))
    assert verify(ledger, {}).problems == []
    assert ids == {"source"}


def test_a_step_record_that_is_gone_is_found(filled_ledger: Ledger) -> None:
    del held(filled_ledger)[filled_ledger.layout.step("r1", "train", "")]
    assert problems(filled_ledger) == [Problem("digits#1", "the record of its step r1/train is gone")]


def test_entries_of_a_run_elsewhere_need_no_step_record(fresh_ledger: Ledger) -> None:
    fresh_ledger.append(entry("r0/train/-/checkpoint", "digits", run="r0", step="train"))
    assert problems(fresh_ledger) == []


def test_a_step_that_is_not_done_yet_is_no_problem(fresh_ledger: Ledger) -> None:
    fresh_ledger.append(run_started("r1", ["scale", "train"]))
    assert problems(fresh_ledger) == []


@pytest.mark.parametrize("has_ended", [False, True])
def test_what_a_crash_left_unplaced_is_placed(fresh_ledger: Ledger, has_ended: bool) -> None:
    fresh_ledger.append(run_started("r1", ["scale"]))
    record = step_record("r1", "scale", {"batch": ("images", saved_artefact(fresh_ledger, b"rows"))})
    fresh_ledger.commit(record)
    rows = held(fresh_ledger)
    for key in (fresh_ledger.layout.entry("images", 1), "jeyn/1/digits/streams/2"):
        del rows[key]
    if has_ended:
        fresh_ledger.append(run_finished("r1", {"scale": False}))
    assert problems(fresh_ledger) == []
    assert fresh_ledger.streams.read("images", 1) == record.entries[0].entry


def test_what_a_damaged_file_holds_is_not_judged(filled_embedded_ledger: Ledger, tmp_path: Path) -> None:
    filled_embedded_ledger.keys.close()
    path = tmp_path / "ledger.db"
    whole = path.read_bytes()
    noticed = 0
    for page in range(1, len(whole) // 4096):
        path.write_bytes(whole[: page * 4096] + b"\x00" * 4096 + whole[(page + 1) * 4096 :])
        keys = SqliteKeyValueStore(path)
        found = problems(Ledger(keys, filled_embedded_ledger.blobs, "digits"))
        keys.close()
        noticed += any(problem.where == "store" for problem in found)
        assert found
    assert noticed


def test_single_entries(filled_ledger: Ledger, open_index: Callable[..., ReadIndex]) -> None:
    index = open_index(filled_ledger)
    index.sync()
    placed = [index.at("images", 1), index.at("images", 2), index.at("train-digits", 1)]
    entries = [one for one in placed if one is not None]
    found = verify_entries(filled_ledger, entries)
    assert (found.entries, found.blobs, found.problems) == (3, 3, [])

    rows = held(filled_ledger)
    first = filled_ledger.layout.entry("images", 1)
    whole = rows[first]
    rows[first] = flip(whole, 40)
    found = verify_entries(filled_ledger, entries)
    assert [problem.where for problem in found.problems] == ["images#1"]
    rows[first] = whole

    filled_ledger.blobs.fetch(digest_of(b"more rows")).unlink()
    found = verify_entries(filled_ledger, entries)
    assert [problem.where for problem in found.problems] == ["images#2"]


def test_a_single_entry_that_the_index_saw_otherwise(filled_ledger: Ledger) -> None:
    there = filled_ledger.streams.read("images", 1)
    assert there is not None
    from jeyn.model.artefact import Placed

    found = verify_entries(filled_ledger, [Placed(1, replace(there, created="2031")), Placed(9, there)])
    assert [problem.message for problem in found.problems] == ["the ledger holds another entry than the index"] * 2
