"""Joining two ledgers: what one holds and the other does not, brought over unchanged.

An entry keeps its id, digest and relationships, and gets a number of the target. A step is brought over as it was
made: its record is created first, with the target's heads, and its entries are placed from there. So however many
push the same at once, and wherever one of them ends, it is the target's own protocol that keeps the record whole.
Everything can be repeated: what is there already is met, not doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from jeyn.errors import IntegrityError
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import Entry, Placed, StepRecord

_CHUNK = 1 << 20


@dataclass(slots=True)
class Joined:
    """What was brought over: numbers of entries, blobs and bytes."""

    entries: int = 0
    blobs: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """A ledger, and its index, which has followed it to its present end."""

    ledger: Ledger
    index: ReadIndex


def join(
    source: Side,
    target: Side,
    tell: Callable[[Joined], object],
    bring_commits: Callable[[set[str]], object] = lambda _: None,
) -> Joined:
    """Bring everything from `source` that `target` lacks. `tell` hears of the progress.

    `bring_commits` is called first, with all snapshot commits that entries of either side name, whether these are
    brought now or not: an entry may have come without its commit, and one that was recorded in the target never comes.

    Raises Unreachable where a part of either is away, IntegrityError where bytes in the source are not what they were;
    what was brought over until then stays, whole.
    """
    done = Joined()
    bring_commits(source.index.snapshots() | target.index.snapshots())
    done_steps: set[tuple[str, str, str]] = set()
    known = _Known(target)
    for placed in list(_in_order(source.index, known.ids)):
        entry, origin = placed.entry, placed.entry.origin
        step = origin.run, origin.step, origin.item
        if step in done_steps:
            continue
        record = source.ledger.step(*step) if origin.run and origin.step else None
        if record is None:
            _copy_blobs(entry, source.ledger, target.ledger, done)
            known.place(entry)
            done.entries += 1
        else:
            done_steps.add(step)
            _bring_step(record, source.ledger, target.ledger, done)
        tell(done)
    return done


class _Known:
    """What is known of the target: all entries up to a position of each stream, and some of those that come after."""

    def __init__(self, target: Side) -> None:
        self._streams = target.ledger.streams
        # First: other processes bring the same file of an index on at any time, and the ids must not be older.
        self._positions = target.index.streams()
        self.ids = target.index.ids()

    def place(self, entry: Entry) -> None:
        """Place an entry that belongs to no step, unless somebody else has meanwhile."""
        end = self._positions.get(entry.stream, 0)
        for placed in self._streams.follow(entry.stream, after=end):
            self.ids.add(placed.entry.id)
            end = placed.number
        self._positions[entry.stream] = end
        if entry.id not in self.ids:
            self._streams.place(entry, after=end, is_new=True)


def _bring_step(record: StepRecord, source: Ledger, target: Ledger, done: Joined) -> None:
    for unplaced in record.entries:
        _copy_blobs(unplaced.entry, source, target, done)
    target.adopt(record)
    done.entries += len(record.entries)


def _copy_blobs(entry: Entry, source: Ledger, target: Ledger, done: Joined) -> None:
    """Before the entry, as everywhere: there is never an entry without its bytes."""
    for digest in entry.artefact.blob_digests if entry.artefact else ():
        if target.blobs.exists(digest):
            continue
        with source.blobs.fetch(digest).open("rb") as file, target.blobs.writer() as writer:
            while chunk := file.read(_CHUNK):
                writer.write(chunk)
            blob = writer.commit(digest)
        if blob.digest != digest:
            raise IntegrityError(f"the blob {digest} changed while it was copied", "run the same command again")
        done.blobs += 1
        done.bytes += blob.bytes


def _in_order(source: ReadIndex, there: Collection[str]) -> Iterator[Placed]:
    """The entries that are not there yet, each after those that it refers to."""
    missing = {placed.entry.id: placed for placed in source.every() if placed.entry.id not in there}
    opened: set[str] = set()
    done: set[str] = set()
    for first in missing.values():
        waiting = [first]
        while waiting:
            placed = waiting[-1]
            entry = placed.entry
            if entry.id not in opened:
                opened.add(entry.id)
                waiting += [
                    missing[edge.entry]
                    for edge in entry.relationships
                    if edge.entry in missing and edge.entry not in opened
                ]
                continue
            waiting.pop()
            if entry.id not in done:
                done.add(entry.id)
                yield placed
