"""Streams: heads from any hint, following, bulk reads."""

from __future__ import annotations

import pytest
from at_hand import PROJECT, entry
from hypothesis import given
from hypothesis import strategies as st

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.errors import IntegrityError
from jeyn.ledger.layout import STREAMS, Layout
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.streams import Streams
from jeyn.model.artefact import Placed


class Counting(MemoryKeyValueStore):
    """Counts the requests that a remote store would get."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0

    def get(self, key: str) -> bytes | None:
        self.requests += 1
        return super().get(key)

    def get_many(self, keys: object) -> dict[str, bytes]:
        self.requests += 1
        return super().get_many(keys)


def stream_of(length: int) -> Streams:
    streams = Streams(Counting(), Layout(PROJECT))
    for number in range(1, length + 1):
        assert streams.append(entry(f"e/{number}", "images")) == Placed(number, entry(f"e/{number}", "images"))
    return streams


LONGEST = 70
STREAM_OF = {length: stream_of(length) for length in range(LONGEST + 1)}


def unhinted(length: int) -> Streams:
    return Streams(STREAM_OF[length]._keys, Layout(PROJECT))


@pytest.mark.parametrize("length", STREAM_OF)
def test_the_head_is_found_without_a_hint(length: int) -> None:
    streams = unhinted(length)
    assert streams.head("images") == length
    assert streams.head("images") == length
    assert streams.head("others") == 0


@given(length=st.integers(0, LONGEST), hint=st.integers(0, 3 * LONGEST))
def test_a_hint_is_only_where_to_start(length: int, hint: int) -> None:
    streams = unhinted(length)
    streams._hints["images"] = hint
    assert streams.head("images") == length


@given(before=st.integers(0, LONGEST), after=st.integers(0, LONGEST))
def test_a_head_that_was_seen_goes_stale(before: int, after: int) -> None:
    streams = unhinted(before)
    assert streams.head("images") == before
    streams._keys = STREAM_OF[after]._keys  # which may be less: a store that was put back to a copy
    assert streams.head("images") == after


def test_finding_the_head_takes_few_requests() -> None:
    streams = unhinted(LONGEST)
    keys = streams._keys
    assert isinstance(keys, Counting)
    keys.requests = 0
    streams.head("images")
    assert keys.requests <= 14  # 7 doublings and 6 halvings, and one more
    keys.requests = 0
    streams.head("images")
    assert keys.requests == 1


@given(length=st.integers(0, LONGEST), after=st.integers(0, LONGEST + 3))
def test_following_gives_what_comes_after(length: int, after: int) -> None:
    followed = list(unhinted(length).follow("images", after=after))
    assert followed == [Placed(n, entry(f"e/{n}", "images")) for n in range(after + 1, length + 1)]


def test_following_a_long_stream_takes_few_requests(fresh_ledger: Ledger) -> None:
    streams = stream_of(1000)
    keys = streams._keys
    assert isinstance(keys, Counting)
    keys.requests = 0
    assert [placed.number for placed in streams.follow("images", after=0)] == list(range(1, 1001))
    assert keys.requests <= 10


def test_which_streams_have_grown(fresh_ledger: Ledger) -> None:
    streams = fresh_ledger.streams
    for stream, length in {"a": 1, "b": 3, "c": 2}.items():
        for number in range(length):
            fresh_ledger.append(entry(f"{stream}/{number}", stream))
    assert streams.longer_than({"a": 0, "b": 0, "c": 0, "d": 0}) == ["a", "b", "c"]
    assert streams.longer_than({"a": 1, "b": 2, "c": 2, "d": 0}) == ["b"]
    assert streams.longer_than({}) == []


def test_many_places_are_read_at_once(fresh_ledger: Ledger) -> None:
    for number in (1, 2):
        fresh_ledger.append(entry(f"a/{number}", "a"))
    found = fresh_ledger.streams.at([("a", 2), ("a", 3), ("b", 1), (STREAMS, 1)])
    assert {place: there.id for place, there in found.items()} == {("a", 2): "a/2", (STREAMS, 1): "a"}


def test_a_stream_of_streams_names_them_all_once(fresh_ledger: Ledger) -> None:
    for number, stream in enumerate(["b", "a", "b", "c", "a"]):
        fresh_ledger.append(entry(f"{number}", stream))
    assert list(fresh_ledger.streams.names()) == [(1, "b"), (2, "a"), (3, "c")]
    assert list(fresh_ledger.streams.names(after=2)) == [(3, "c")]


def test_projects_share_a_store_without_meeting() -> None:
    keys = MemoryKeyValueStore()
    one, other = Streams(keys, Layout("one")), Streams(keys, Layout("other"))
    assert str(one.append(entry("e/1", "images"))) == "images#1"
    assert other.head("images") == 0
    assert list(other.names()) == []
    assert str(other.append(entry("e/2", "images"))) == "images#1"


def test_nothing_is_at_a_number_that_was_not_reached(fresh_ledger: Ledger) -> None:
    fresh_ledger.append(entry("e/1", "images"))
    assert fresh_ledger.streams.read("images", 1) == entry("e/1", "images")
    assert fresh_ledger.streams.read("images", 2) is None
    assert fresh_ledger.streams.read("others", 1) is None


def test_an_entry_that_was_changed_is_not_read(fresh_ledger: Ledger) -> None:
    for number in range(3):
        fresh_ledger.append(entry(f"e/{number}", "images"))
    held = fresh_ledger.keys._held  # type: ignore[attr-defined]  # the memory store's
    key = fresh_ledger.layout.entry("images", 2)
    held[key] = held[key].replace(b"Ada", b"Eve")
    for read in (
        lambda: fresh_ledger.streams.read("images", 2),
        lambda: list(fresh_ledger.streams.follow("images", after=0)),
        lambda: fresh_ledger.streams.at([("images", 2)]),
    ):
        with pytest.raises(IntegrityError, match="images/2 cannot be trusted"):
            read()
    assert fresh_ledger.streams.read("images", 3) == entry("e/2", "images")


def test_placing_again_tells_the_same_number(fresh_ledger: Ledger) -> None:
    streams = fresh_ledger.streams
    for number in range(3):
        fresh_ledger.append(entry(f"e/{number}", "images"))
    mine = entry("mine", "images")
    assert streams.place(mine, after=1) == Placed(4, mine)
    fresh_ledger.append(entry("e/4", "images"))
    for after in (0, 1, 3):
        assert streams.place(mine, after=after) == Placed(4, mine)
        assert Ledger(fresh_ledger.keys, fresh_ledger.blobs, PROJECT).streams.place(mine, after=after).number == 4
    assert streams.head("images") == 5
