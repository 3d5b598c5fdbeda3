"""Streams: entries under contiguous numbers from 1, in a store that can only create and read keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from jeyn.ledger.claims import Claim, ahead, last, settle
from jeyn.ledger.layout import STREAMS, Layout
from jeyn.ledger.records import check_seal, seal_entry, seal_text, unseal_entry
from jeyn.model.artefact import STREAM, Entry, Origin, Placed
from jeyn.ports.keys import KeyValueStore


class Streams:
    """The streams of one project. Heads that were seen are remembered as hints; a hint is only where to start."""

    def __init__(self, keys: KeyValueStore, layout: Layout) -> None:
        self._keys = keys
        self._layout = layout
        self._hints: dict[str, int] = {}

    def head(self, stream: str) -> int:
        """The number of the last entry; 0 where there is none."""
        return self.heads([stream])[stream]

    def heads(self, streams: Iterable[str]) -> dict[str, int]:
        """The heads of several streams: one bulk read where the hints are exact, as they mostly are."""
        hints = {stream: self._hints.get(stream, 0) for stream in streams}
        around = [(stream, at) for stream, low in hints.items() for at in (low, low + 1) if at]
        there = self._keys.get_many(self._layout.entry(*place) for place in around)
        for stream, low in hints.items():
            is_there = low == 0 or self._layout.entry(stream, low) in there
            if self._layout.entry(stream, low + 1) in there or not is_there:
                # not there: the store was replaced, and the hint is of another time; numbers must not gap
                self._hints[stream] = last(self._keys, partial(self._layout.entry, stream), low if is_there else 0)
        return {stream: self._hints.get(stream, 0) for stream in hints}

    def hint(self, stream: str, number: int) -> None:
        """Say that somebody saw an entry with this number: where to begin looking for the head."""
        self._hints[stream] = max(number, self._hints.get(stream, 0))

    def read(self, stream: str, number: int) -> Entry | None:
        """The entry at a number, or None; IntegrityError if its bytes are not what was written."""
        key = self._layout.entry(stream, number)
        value = self._keys.get(key)
        return None if value is None else unseal_entry(key, value)

    def at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Entry]:
        """The entries that there are at many places (stream, number), in one bulk read; IntegrityError as `read`."""
        keys = {self._layout.entry(*place): place for place in places}
        return {keys[key]: unseal_entry(key, value) for key, value in self._keys.get_many(keys).items()}

    def follow(self, stream: str, after: int) -> Iterator[Placed]:
        """The entries after a number, in order, to the head at the time of reading."""
        for number, key, value in ahead(self._keys, partial(self._layout.entry, stream), after):
            yield Placed(number, unseal_entry(key, value))

    def sealed(self, stream: str, after: int) -> Iterator[tuple[int, bytes]]:
        """As `follow`, but each number with its value as it is stored; IntegrityError as `read`."""
        for number, key, value in ahead(self._keys, partial(self._layout.entry, stream), after):
            check_seal(key, value)
            yield number, value

    def longer_than(self, positions: Mapping[str, int]) -> list[str]:
        """Those streams that have an entry after their position, in one bulk read."""
        following = {self._layout.entry(stream, at + 1): stream for stream, at in positions.items()}
        found = self._keys.get_many(following)
        return [stream for key, stream in following.items() if key in found]

    def append(self, entry: Entry) -> Placed:
        """Place an entry whose id nobody else can know of."""
        return self.place(entry, after=self.head(entry.stream), is_new=True)

    def place(self, entry: Entry, *, after: int, is_new: bool = False) -> Placed:
        """Give an entry its number, once, and return where it stands.

        `after` is a head of the stream that was read before anybody could place this entry; `is_new` as in `settle`.
        """
        claim = self.claim(entry, after=after)
        settle(self._keys, [claim], is_new=is_new)
        return self.placed(entry, claim)

    def claim(self, entry: Entry, *, after: int, text: str = "") -> Claim:
        """What is to be settled for an entry, whose encoded `text` may be at hand already."""
        return Claim(
            key_of=partial(self._layout.entry, entry.stream),
            number=after + 1,
            sealed=lambda key: seal_text(key, text) if text else seal_entry(key, entry),
            is_mine=lambda key, value: unseal_entry(key, value).id == entry.id,
            before_first=partial(self._announce, entry.stream),
        )

    def placed(self, entry: Entry, claim: Claim) -> Placed:
        """An entry whose claim is settled."""
        self.hint(entry.stream, claim.number)
        return Placed(claim.number, entry)

    def names(self, after: int = 0) -> Iterator[tuple[int, str]]:
        """The streams that there are, by their number in the stream of streams."""
        for placed in self.follow(STREAMS, after):
            yield placed.number, placed.entry.id

    def _announce(self, stream: str) -> None:
        """Name a stream in the stream of streams before its first entry, so that every entry can be found."""
        if stream != STREAMS:
            origin = Origin(commit="", dirty=False, repository="", actor="")
            self.place(Entry(id=stream, stream=STREAMS, kind=STREAM, created="", origin=origin), after=0)
