"""The protocol with one thing wrong. Each must be found by the checks, else these prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from at_hand import PROJECT
from judged import NO_BLOBS

from jeyn.ledger.claims import Claim, settle
from jeyn.ledger.ledger import CommittedStep, Ledger
from jeyn.ledger.records import seal_entry, seal_step
from jeyn.ledger.streams import Streams
from jeyn.model.artefact import Entry, Placed, StepRecord
from jeyn.ports import KeyValueStore


class Placing(Streams):
    """Streams that place an entry at once when it is claimed, by a `place` that has something wrong."""

    def claim(self, entry: Entry, *, after: int, text: str = "") -> Claim:
        claim = super().claim(entry, after=after, text=text)
        claim.number, claim.is_met = self.place(entry, after=after).number, True
        return claim

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        claim = super().claim(entry, after=after)
        settle(self._keys, [claim], is_new=is_new)
        return self.placed(entry, claim)

    def create(self, entry: Entry, number: int) -> bool:
        if number == 1:
            self._announce(entry.stream)
        key = self._layout.entry(entry.stream, number)
        return self._keys.create(key, seal_entry(key, entry))


class ReadsNothingBelow(Placing):
    """Places after the head of now, without reading what is between it and the head of the record."""

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        return super().place(entry, after=max(after, self.head(entry.stream)))


class TakesARefusalAtItsWord(Placing):
    """Goes on to the next number after a refused create, without reading who is there."""

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        number = after + 1
        while not self.create(entry, number):
            number += 1
        return Placed(number, entry)


class BelievesItWrote(Placing):
    """Takes a number as its own although the create was refused."""

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        number = after + 1
        while (present := self.read(entry.stream, number)) is not None and present.id != entry.id:
            number += 1
        self.create(entry, number)
        return Placed(number, entry)


class LeavesAGap(Placing):
    """Goes on by two where somebody else was faster."""

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        is_taken = self.read(entry.stream, after + 1) is not None
        return super().place(entry, after=after + 2 * is_taken)


class NamesAfterwards(Placing):
    """Names a stream once its first entry is there."""

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        placed = super().place(entry, after=after)
        super()._announce(entry.stream)
        return placed

    def _announce(self, stream: str) -> None:
        pass


class TakesAllNumbersAtOnce(Ledger):
    """Creates a second entry of a stream together with the first, which may never get its own number."""

    def commit(self, record: StepRecord) -> CommittedStep:
        if len(record.entries) > 1:
            key = self.layout.step(record.run, record.step, record.item)
            self.keys.create(key, seal_step(key, record))
            for number, unplaced in reversed(list(enumerate(record.entries, start=1))):
                self.streams._announce(unplaced.entry.stream)
                key = self.layout.entry(unplaced.entry.stream, unplaced.head + number)
                self.keys.create(key, seal_entry(key, unplaced.entry))
        return super().commit(record)


class TakesTheHeadAfterTheRecord(Ledger):
    """Places from a head that was read when the record was there, and others could place."""

    def commit(self, record: StepRecord) -> CommittedStep:
        key = self.layout.step(record.run, record.step, record.item)
        self.keys.create(key, seal_step(key, record))
        return self.roll_forward(self.step(record.run, record.step, record.item) or record)

    def roll_forward(self, record: StepRecord) -> CommittedStep:
        heads = self.streams.heads(one.entry.stream for one in record.entries)
        later = tuple(replace(one, head=heads[one.entry.stream]) for one in record.entries)
        return super().roll_forward(replace(record, entries=later))


class CommitsEveryTry(Ledger):
    """Goes on with its own record although another stands."""

    def commit(self, record: StepRecord) -> CommittedStep:
        key = self.layout.step(record.run, record.step, record.item)
        self.keys.create(key, seal_step(key, record))
        return self.roll_forward(record)


class PlacesBeforeItCommits(Ledger):
    """Writes the record last."""

    def commit(self, record: StepRecord) -> CommittedStep:
        done = self.roll_forward(record)
        key = self.layout.step(record.run, record.step, record.item)
        self.keys.create(key, seal_step(key, record))
        return done


class RemembersBeforeItCommits(Ledger):
    """Writes the cache first."""

    def commit(self, record: StepRecord) -> CommittedStep:
        self.cache.remember(record.cache_key, (record.run, record.step, record.item))
        return super().commit(record)


class TellsItsOwnRecord(Ledger):
    """Tells a try that came too late that its own record stands."""

    def commit(self, record: StepRecord) -> CommittedStep:
        done = super().commit(record)
        places = {one.output: Placed(done.outputs[one.output].number, one.entry) for one in record.entries}
        return CommittedStep(record, places)


def _with(streams: type[Streams]) -> Callable[[KeyValueStore], Ledger]:
    def make(keys: KeyValueStore) -> Ledger:
        ledger = Ledger(keys, NO_BLOBS, PROJECT)
        ledger.streams = streams(keys, ledger.layout)
        return ledger

    return make


def _of(ledger: type[Ledger]) -> Callable[[KeyValueStore], Ledger]:
    return lambda keys: ledger(keys, NO_BLOBS, PROJECT)


#: How to make each, and what the checks must say of it.
MUTANTS = {
    ReadsNothingBelow: (_with(ReadsNothingBelow), "an entry twice"),
    TakesARefusalAtItsWord: (_with(TakesARefusalAtItsWord), "an entry twice"),
    BelievesItWrote: (_with(BelievesItWrote), "was told, and is not there"),
    LeavesAGap: (_with(LeavesAGap), "a gap"),
    NamesAfterwards: (_with(NamesAfterwards), "is not named"),
    TakesAllNumbersAtOnce: (_of(TakesAllNumbersAtOnce), "a gap"),
    TakesTheHeadAfterTheRecord: (_of(TakesTheHeadAfterTheRecord), "an entry twice"),
    CommitsEveryTry: (_of(CommitsEveryTry), "an entry twice|did not commit"),
    PlacesBeforeItCommits: (_of(PlacesBeforeItCommits), "was never committed"),
    RemembersBeforeItCommits: (_of(RemembersBeforeItCommits), "which is not committed"),
    TellsItsOwnRecord: (_of(TellsItsOwnRecord), "told another record than stands"),
}
