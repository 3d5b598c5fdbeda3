"""The ledger: how a step is committed by one write, and how anybody completes what a crash left open.

The order is: blobs, step record, entries and cache. The step record is the commit. Before it, a crash leaves at most
blobs that nothing refers to; after it, whoever comes next places the entries that the record holds. Nothing in
between can be seen: never an entry without bytes, never half of a step's outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from jeyn.errors import Unreachable
from jeyn.ledger.cache import ActionCache
from jeyn.ledger.claims import settle
from jeyn.ledger.layout import Layout
from jeyn.ledger.records import entry_text, seal_step, unseal_step
from jeyn.ledger.streams import Streams
from jeyn.model.artefact import Entry, Placed, StepRecord
from jeyn.ports.blobs import BlobStore
from jeyn.ports.keys import KeyValueStore


@dataclass(frozen=True, slots=True)
class CommittedStep:
    """A step record that stands in the ledger, with its entries' places by output."""

    record: StepRecord
    outputs: dict[str, Placed]


class Ledger:
    """The record of one project over a key-value store and a blob store.

    Every method may raise `jeyn.errors.Unreachable`, and IntegrityError where stored bytes were changed.
    """

    def __init__(self, keys: KeyValueStore, blobs: BlobStore, project: str) -> None:
        self.keys = keys
        self.blobs = blobs
        self.layout = Layout(project)
        self.streams = Streams(keys, self.layout)
        self.cache = ActionCache(keys, self.layout)

    def append(self, entry: Entry) -> Placed:
        """Record an entry that belongs to no step: a run's start and end, an artefact saved in a notebook."""
        return self.streams.append(entry)

    def commit(self, record: StepRecord) -> CommittedStep:
        """Commit a step. If another try of it was committed before, that one stands, and is returned."""
        key = self.layout.step(record.run, record.step, record.item)
        texts = [entry_text(unplaced.entry) for unplaced in record.entries]
        if self.keys.create(key, seal_step(key, record, texts)):
            return self._place(record, texts, is_new=True)
        stands = self._read_step(key)
        if stands is None:
            raise Unreachable(f"the store refuses {key} and does not hold it", "try again")
        return self.roll_forward(stands)

    def adopt(self, record: StepRecord) -> CommittedStep:
        """Commit a step of another ledger here, with numbers of this one and without that one's action cache.

        Its entries can only have been placed here by way of its record. So heads that are read where there is none yet
        are heads from before anybody could place them; and if somebody else creates it first, that one stands.
        """
        stands = self.step(record.run, record.step, record.item)
        if stands is not None:
            return self.roll_forward(stands)
        heads = self.streams.heads({unplaced.entry.stream for unplaced in record.entries})
        entries = tuple(replace(one, head=heads[one.entry.stream]) for one in record.entries)
        return self.commit(replace(record, entries=entries, cache_key=""))

    def roll_forward(self, record: StepRecord) -> CommittedStep:
        """Place the entries of a committed step, those that are not yet, and remember it in the action cache."""
        return self._place(record, [""] * len(record.entries), is_new=False)

    def _place(self, record: StepRecord, texts: Iterable[str], *, is_new: bool) -> CommittedStep:
        claims = {
            unplaced.output: self.streams.claim(unplaced.entry, after=unplaced.head, text=text)
            for unplaced, text in zip(record.entries, texts, strict=True)
        }
        step = record.run, record.step, record.item
        remembered = [self.cache.claim(record.cache_key, step)] if record.cache_key else []
        settle(self.keys, [*claims.values(), *remembered], is_new=is_new, rebuildable=True)
        places = {one.output: self.streams.placed(one.entry, claims[one.output]) for one in record.entries}
        return CommittedStep(record, places)

    def step(self, run: str, step: str, item: str = "") -> StepRecord | None:
        """The record of a step, or None while it is not committed."""
        return self._read_step(self.layout.step(run, step, item))

    def steps(self, places: Iterable[tuple[str, str, str]]) -> Iterator[StepRecord]:
        """The committed ones among many steps (run, step, item)."""
        keys = [self.layout.step(*place) for place in places]
        for key, value in self.keys.get_many(keys).items():
            yield unseal_step(key, value)

    def cached(self, key: str) -> StepRecord | None:
        """The newest step that computed this cache key and whose blobs are all there."""
        for place in self.cache.steps(key):
            record = self.step(*place)
            if record is not None and self._has_all_blobs(record):
                return record
        return None

    def _has_all_blobs(self, record: StepRecord) -> bool:
        artefacts = [unplaced.entry.artefact for unplaced in record.entries]
        return all(self.blobs.exists(digest) for artefact in artefacts if artefact for digest in artefact.blob_digests)

    def _read_step(self, key: str) -> StepRecord | None:
        value = self.keys.get(key)
        return None if value is None else unseal_step(key, value)
