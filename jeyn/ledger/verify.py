"""Verification: everything that is recorded, against the digests under which it is recorded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jeyn.errors import IntegrityError
from jeyn.ledger.layout import FORMAT, STREAMS
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.records import unseal
from jeyn.model.artefact import Entry, Placed


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was recorded: where, and what."""

    where: str
    message: str


@dataclass(slots=True)
class Verification:
    """What was looked at, and what was found wrong."""

    entries: int = 0
    blobs: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(ledger: Ledger, seen: dict[str, int]) -> Verification:
    """Check the whole ledger and every blob that it refers to.

    `seen` holds, by stream, a number that some reader has seen before: a stream that ends below it has lost entries.
    """
    result = Verification()
    result.problems += [Problem("store", line) for line in ledger.keys.problems()]
    result.problems += _verify_rows(ledger)
    if result.problems:
        return result  # what a broken store lets one read proves nothing
    blobs: dict[str, str] = {}
    ids: dict[str, str] = {}
    missing: list[tuple[str, str]] = []
    names = {name for _, name in ledger.streams.names()}
    for stream in sorted(names | set(seen)):
        last = 0
        for placed in ledger.streams.follow(stream, after=0):
            last = placed.number
            result.entries += 1
            if ids.setdefault(placed.entry.id, str(placed)) != str(placed):
                result.problems.append(Problem(str(placed), f"the same entry as {ids[placed.entry.id]}"))
            missing += [(str(placed), edge.entry) for edge in placed.entry.relationships]
            for digest in _blob_digests(placed.entry):
                blobs.setdefault(digest, str(placed))
        if last < seen.get(stream, 0):
            result.problems.append(Problem(stream, f"ends at {last}, but {seen[stream]} was seen before"))
    for where, entry in missing:
        if entry not in ids:
            result.problems.append(Problem(where, f"refers to the entry {entry}, which no stream holds"))
    result.blobs = len(blobs)
    result.problems += _verify_blobs(ledger, blobs)
    return result


def verify_entries(ledger: Ledger, entries: Iterable[Placed]) -> Verification:
    """Check single entries and their blobs."""
    result = Verification()
    blobs: dict[str, str] = {}
    for placed in entries:
        result.entries += 1
        try:
            there = ledger.streams.read(placed.entry.stream, placed.number)
        except IntegrityError as error:
            result.problems.append(Problem(str(placed), error.message))
            continue
        if there != placed.entry:
            result.problems.append(Problem(str(placed), "the ledger holds another entry than the index"))
        blobs |= dict.fromkeys(_blob_digests(placed.entry), str(placed))
    result.blobs = len(blobs)
    result.problems += _verify_blobs(ledger, blobs)
    return result


def _verify_blobs(ledger: Ledger, blobs: dict[str, str]) -> Iterator[Problem]:
    for digest, where in blobs.items():
        try:
            ledger.blobs.fetch(digest)
        except IntegrityError as error:
            yield Problem(where, error.message)


def _verify_rows(ledger: Ledger) -> Iterator[Problem]:
    """Check every value of a store that can list them: step records and cache too, and what no stream reaches."""
    rows = ledger.keys.rows()
    if rows is None:
        return
    numbers: dict[str, list[int]] = defaultdict(list)
    prefix = f"{FORMAT}/{ledger.layout.project}/"
    try:
        for key, value in rows:
            if re.match(rf"{FORMAT}/[^/]+/", key) and not key.startswith(prefix):
                continue  # another project's
            try:
                unseal(key, value)
            except IntegrityError as error:
                yield Problem(key, error.message)
            stream, _, number = key.removeprefix(prefix).rpartition("/")
            if stream.startswith(("stream/", "cache/")) or stream == "streams":
                numbers[stream].append(int(number) if number.isdigit() else -1)
    except IntegrityError as error:
        yield Problem("store", error.message)
        return
    for stream, found in sorted(numbers.items()):
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Problem(stream, "its numbers are not 1, 2, 3, … without a gap")
    named = {name for _, name in ledger.streams.names()}
    for stream in sorted(numbers):
        kind, _, name = stream.partition("/")
        if kind == "stream" and name not in named | {STREAMS}:
            yield Problem(stream, "is not named in the stream of streams")


def _blob_digests(entry: Entry) -> list[str]:
    if entry.artefact is None:
        return []
    definition = [entry.artefact.definition_blob] if entry.artefact.definition_blob else []
    return [*(blob.digest for blob in entry.artefact.blobs), *definition]
