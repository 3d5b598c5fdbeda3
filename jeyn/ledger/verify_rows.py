"""Verification of a store that can list its rows: step records and cache too, and what no stream reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from jeyn.errors import IntegrityError
from jeyn.ledger.layout import FORMAT
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.records import unseal


def row_problems(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Where, and what: every value against its seal, every stream against its numbers and the stream of streams.

    Nothing where the store has no list of its keys. Of another project in the same store, the seals alone.
    """
    rows = ledger.keys.rows()
    if rows is None:
        return
    is_sealed = True
    numbers: dict[str, list[int]] = defaultdict(list)
    prefix = f"{FORMAT}/{ledger.layout.project}/"
    try:
        for key, value in rows:
            try:
                unseal(key, value)
            except IntegrityError as error:
                is_sealed = False
                yield key, error.message
            stream, _, number = key.removeprefix(prefix).rpartition("/")  # another project's keeps its own beginning
            if stream.startswith(("stream/", "cache/")) or stream == "streams":
                numbers[stream].append(int(number) if number.isdecimal() else -1)
    except IntegrityError as error:
        yield "store", error.message
        return
    yield from _gaps(numbers)
    if is_sealed:  # what a broken seal names is not a name
        yield from _unnamed(ledger, numbers)


def _gaps(numbers: Mapping[str, list[int]]) -> Iterator[tuple[str, str]]:
    for stream, found in sorted(numbers.items()):
        if sorted(found) != list(range(1, len(found) + 1)):
            yield stream, "its numbers are not 1, 2, 3, … without a gap"


def _unnamed(ledger: Ledger, numbers: Mapping[str, list[int]]) -> Iterator[tuple[str, str]]:
    named = {f"stream/{name}" for _, name in ledger.streams.names()}
    for stream in sorted(numbers):
        if stream.startswith("stream/") and stream not in named:
            yield stream, "is not named in the stream of streams"
