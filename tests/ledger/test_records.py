"""Seals: what is written comes back, and any change is noticed."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jeyn.errors import IntegrityError
from jeyn.ledger.records import seal, seal_entry, seal_step, unseal, unseal_entry, unseal_step
from jeyn.model.artefact import Artefact, Blob, Entry, Origin, Relationship, StepInput, StepRecord, Unplaced

KEYS = st.text(string.ascii_lowercase + string.digits + "/-", min_size=1, max_size=30)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(0, 2**60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=4)
BLOBS = st.builds(Blob, TEXT, TEXT, NUMBERS)
ORIGINS = st.builds(Origin, TEXT, st.booleans(), TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
ARTEFACTS = st.builds(Artefact, TEXT, TEXT, TEXT, TEXT, TEXT, st.lists(BLOBS, max_size=2).map(tuple), metadata=OBJECTS)
EDGES = st.lists(st.builds(Relationship, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple)
ENTRIES = st.builds(Entry, TEXT, TEXT, TEXT, TEXT, ORIGINS, st.none() | ARTEFACTS, EDGES, OBJECTS)
STEPS = st.builds(
    StepRecord,
    run=TEXT,
    pipeline=TEXT,
    step=TEXT,
    item=TEXT,
    origin=ORIGINS,
    started=TEXT,
    finished=TEXT,
    inputs=st.dictionaries(TEXT, st.builds(StepInput, TEXT, TEXT, TEXT, TEXT), max_size=2),
    parameters=OBJECTS,
    runtime=OBJECTS,
    cache_key=TEXT,
    entries=st.lists(st.builds(Unplaced, TEXT, NUMBERS, ENTRIES), max_size=2).map(tuple),
)
SEALED = seal_entry("a/1", Entry("e/1", "images", "batch", "2030", Origin("9f2c", False, "r", "Ada")))


@given(key=KEYS, entry=ENTRIES)
def test_an_entry_comes_back(key: str, entry: Entry) -> None:
    sealed = seal_entry(key, entry)
    assert unseal_entry(key, sealed) == entry
    assert seal_entry(key, unseal_entry(key, sealed)) == sealed


@given(key=KEYS, record=STEPS)
def test_a_step_record_comes_back(key: str, record: StepRecord) -> None:
    sealed = seal_step(key, record)
    assert unseal_step(key, sealed) == record
    assert seal_step(key, unseal_step(key, sealed)) == sealed


@given(key=KEYS, other=KEYS, body=OBJECTS)
def test_a_value_under_another_key_is_noticed(key: str, other: str, body: dict[str, object]) -> None:
    assert unseal(key, seal(key, body)) == body
    if other != key:
        with pytest.raises(IntegrityError, match="cannot be trusted"):
            unseal(other, seal(key, body))


@pytest.mark.parametrize("flipped", [0x01, 0x20, 0x80, 0xFF])
def test_a_flipped_byte_anywhere_is_noticed(flipped: int) -> None:
    for at in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[at] ^= flipped
        with pytest.raises(IntegrityError):
            unseal_entry("a/1", bytes(changed))


def test_bytes_that_are_missing_or_more_are_noticed() -> None:
    for changed in (
        b"",
        b"\n",
        SEALED[:-1],
        SEALED[1:],
        SEALED + b" ",
        SEALED + b"\n",
        SEALED.replace(b"\n", b"\n\n", 1),
    ):
        with pytest.raises(IntegrityError):
            unseal("a/1", changed)


def test_a_newer_format_is_told_apart_from_damage() -> None:
    with pytest.raises(IntegrityError, match="a newer Jeyn wrote it"):
        unseal("a/1", SEALED.replace(b"jeyn/1", b"jeyn/2", 1))
    with pytest.raises(IntegrityError, match="not those that were written"):
        unseal("a/1", SEALED.replace(b"jeyn/1", b"jeyN/1", 1))


def test_a_seal_has_no_room_for_what_json_has_not() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        seal("a/1", {"accuracy": float("nan")})


def test_the_same_value_gives_the_same_bytes() -> None:
    assert seal("a", {"b": 1, "a": "ü"}) == seal("a", {"a": "ü", "b": 1})
    assert SEALED.startswith(b"jeyn/1 sha256:")
    assert b'"schema":"jeyn.entry/1"' in SEALED
