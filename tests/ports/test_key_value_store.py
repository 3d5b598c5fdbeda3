"""The contract of KeyValueStore, sentence by sentence, over every implementation."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from implementations import OpenKeyValueStore

from jeyn.ports import KeyValueStore

T = TypeVar("T")
THREADS = 12
PRINTABLE = "".join(map(chr, range(0x20, 0x7F))).replace("|", "")


def at_once(action: Callable[[int], T]) -> list[T]:
    """Call `action` with 0, 1, … in so many threads, all at the same moment."""
    barrier = threading.Barrier(THREADS)

    def wait_and_act(number: int) -> T:
        barrier.wait()
        return action(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(wait_and_act, range(THREADS)))


@pytest.mark.parametrize("rebuildable", [False, True])
def test_a_create_says_that_it_wrote_and_get_sees_it(keys: KeyValueStore, rebuildable: bool) -> None:
    assert keys.create("a/1", b"first", rebuildable=rebuildable) is True
    assert keys.get("a/1") == b"first"


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("later", [False, True])
def test_a_losing_create_changes_nothing(keys: KeyValueStore, earlier: bool, later: bool) -> None:
    keys.create("a/1", b"first", rebuildable=earlier)
    assert keys.create("a/1", b"second", rebuildable=later) is False
    assert keys.create("a/1", b"first", rebuildable=later) is False
    assert keys.get("a/1") == b"first"


@pytest.mark.parametrize("rebuildable", [False, True])
def test_of_many_creates_each_is_one_of_its_own(keys: KeyValueStore, rebuildable: bool) -> None:
    keys.create("a/1", b"first")
    assert keys.create_many({"a/1": b"second", "a/2": b"2", "b": b"\x00"}, rebuildable=rebuildable) == {"a/2", "b"}
    assert keys.create_many({"a/1": b"third", "a/2": b"third"}, rebuildable=rebuildable) == set()
    assert keys.create_many({}, rebuildable=rebuildable) == set()
    assert keys.get_many(["a/1", "a/2", "b"]) == {"a/1": b"first", "a/2": b"2", "b": b"\x00"}


def test_of_threads_that_create_many_exactly_one_wins_each(keys: KeyValueStore) -> None:
    names = [f"race/{number}" for number in range(20)]
    won = at_once(lambda number: keys.create_many(dict.fromkeys(names, b"%d" % number)))
    assert Counter(name for one in won for name in one) == dict.fromkeys(names, 1)
    assert keys.get_many(names) == {name: b"%d" % number for number, one in enumerate(won) for name in one}


def test_there_is_nothing_where_nothing_was_created(keys: KeyValueStore) -> None:
    assert keys.get("a/1") is None
    assert keys.get_many(["a/1", "a/2"]) == {}
    assert keys.get_many([]) == {}


def test_many_keys_are_read_at_once(keys: KeyValueStore) -> None:
    held = {f"stream/s/{number}": f"value {number}".encode() for number in range(1, 1301, 2)}
    for key, value in held.items():
        keys.create(key, value, rebuildable=True)
    assert keys.get_many(f"stream/s/{number}" for number in range(1300)) == held
    assert keys.get_many(["stream/s/1", "stream/s/1", "stream/s/2"]) == {"stream/s/1": b"value 1"}


@pytest.mark.parametrize(
    "value",
    [
        b"\x00",
        bytes(range(256)),
        "naïve 数 🦉".encode(),
        b"\xff\xfe not text",
        b"1",
        b"' ; DROP TABLE written; --",
    ],
    ids=["zero", "every byte", "unicode", "not unicode", "number", "quotes"],
)
def test_values_are_any_bytes(keys: KeyValueStore, value: bytes) -> None:
    assert keys.create("key", value)
    assert keys.get("key") == value
    assert keys.get_many(["key"]) == {"key": value}
    assert not keys.create("key", value + b"!")
    assert keys.get("key") == value


def test_values_of_a_few_mebibytes(keys: KeyValueStore) -> None:
    large = [bytes([number]) * (3 << 20) for number in range(3)]
    for number, value in enumerate(large):
        assert keys.create(f"large/{number}", value)
    assert keys.get_many(f"large/{number}" for number in range(3)) == {f"large/{n}": large[n] for n in range(3)}


@pytest.mark.parametrize("key", ["k" * 512, PRINTABLE, "a|b", "a/b/", " a ", "%", "_", "'", '"', "0", "1e3", "null"])
def test_keys_are_told_apart_character_by_character(keys: KeyValueStore, key: str) -> None:
    others = {key[:-1] + "~", key + "~" if len(key) < 512 else "k" * 511, key.swapcase(), f"x{key}"[:512]} - {key}
    assert keys.create(key, b"this")
    for other in others:
        assert keys.get(other) is None
        assert keys.create(other, other.encode())
    assert keys.get(key) == b"this"
    assert keys.get_many(others) == {other: other.encode() for other in others}


@given(tries=st.lists(st.tuples(st.sampled_from(["a", "b", "c/1"]), st.binary(min_size=1, max_size=20), st.booleans())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_the_first_value_of_each_key_stays(
    kind_of_store: OpenKeyValueStore, tmp_path_factory: pytest.TempPathFactory, tries: list[tuple[str, bytes, bool]]
) -> None:
    keys = kind_of_store.open(tmp_path_factory.mktemp("store"))
    model: dict[str, bytes] = {}
    for key, value, rebuildable in tries:
        assert keys.create(key, value, rebuildable=rebuildable) is (key not in model)
        model.setdefault(key, value)
        assert keys.get_many(["a", "b", "c/1"]) == model
    keys.close()


@pytest.mark.parametrize("rebuildable", [False, True])
def test_of_threads_that_race_on_one_key_exactly_one_wins(keys: KeyValueStore, rebuildable: bool) -> None:
    for attempt in range(10):
        key = f"race/{attempt}"
        won = at_once(lambda number, key=key: keys.create(key, b"%d" % number, rebuildable=rebuildable))
        assert Counter(won) == {True: 1, False: THREADS - 1}
        assert keys.get(key) == b"%d" % won.index(True)


def test_threads_may_do_everything_at_once(keys: KeyValueStore) -> None:
    def use(number: int) -> int:
        wins = 0
        for at in range(40):
            wins += keys.create(f"shared/{at}", b"%d" % number, rebuildable=number % 2 == 0)
            assert keys.get(f"shared/{at}") is not None
            assert len(keys.get_many(f"shared/{before}" for before in range(at + 1))) == at + 1
        return wins

    assert sum(at_once(use)) == 40


def test_what_one_has_created_another_sees(kind_of_store: OpenKeyValueStore, tmp_path: Path) -> None:
    if not kind_of_store.survives:
        return  # it lives in one object alone
    one, other = kind_of_store.open(tmp_path), kind_of_store.open(tmp_path)
    for number in range(20):
        assert one.create(f"one/{number}", b"1", rebuildable=number % 2 == 0)
        assert other.get(f"one/{number}") == b"1"
        assert other.create(f"one/{number}", b"2") is False
        assert other.create(f"other/{number}", b"2", rebuildable=number % 2 == 1)
        assert one.get_many([f"other/{number}"]) == {f"other/{number}": b"2"}
    one.close()
    assert other.get("one/0") == b"1"
    other.close()


def test_what_was_created_is_there_when_the_store_is_opened_again(
    kind_of_store: OpenKeyValueStore, tmp_path: Path
) -> None:
    if not kind_of_store.survives:
        return  # it lives in one object alone
    keys = kind_of_store.open(tmp_path)
    keys.create("kept", b"1")
    keys.create("rebuildable", b"2", rebuildable=True)
    keys.close()
    again = kind_of_store.open(tmp_path)
    assert again.get_many(["kept", "rebuildable"]) == {"kept": b"1", "rebuildable": b"2"}
    assert again.create("kept", b"3") is False
    again.close()


def test_closing_twice_is_safe(keys: KeyValueStore) -> None:
    keys.create("a", b"1", rebuildable=True)
    keys.close()
    keys.close()


def test_rows_are_all_that_was_created(keys: KeyValueStore) -> None:
    if keys.rows() is None:
        return  # the store has no list of its keys
    held = {f"{kind}/{number}": f"{kind} {number}".encode() for kind in "abc" for number in range(300)}
    for key, value in held.items():
        keys.create(key, value, rebuildable=True)
    rows = keys.rows()
    assert rows is not None
    found = list(rows)
    assert len(found) == len(held)
    assert dict(found) == held


def test_who_reads_the_rows_may_use_the_store(keys: KeyValueStore) -> None:
    if keys.rows() is None:
        return  # the store has no list of its keys
    held = {f"a/{number}": b"1" for number in range(600)}
    for key, value in held.items():
        keys.create(key, value, rebuildable=True)
    rows = keys.rows()
    assert rows is not None
    met = []
    for key, _ in rows:
        met.append(key)
        assert keys.get(key) == b"1"
        if len(met) % 100 == 0:
            keys.create(f"b/{len(met)}", b"2")
    assert {key for key in met if key.startswith("a/")} == set(held)


def test_a_sound_store_has_no_problems(keys: KeyValueStore) -> None:
    assert list(keys.problems()) == []
    keys.create("a", b"1")
    assert list(keys.problems()) == []
