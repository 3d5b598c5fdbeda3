"""Streams: entries under contiguous numbers from 1, in a store that can only create and read keys.

Numbers are contiguous because an entry is created at the first number that was read and found free. So the last
number, the *head*, is found by reading alone: double the distance while there is an entry, then halve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jeyn.ledger.layout import STREAMS, Layout
from jeyn.ledger.records import seal_entry, unseal_entry
from jeyn.model.artefact import STREAM, Entry, Origin, Placed
from jeyn.ports.keys import KeyValueStore

_READ_AHEAD = 256


class Streams:
    """The streams of one project. Heads that were seen are remembered as hints; a hint is only where to start."""

    def __init__(self, keys: KeyValueStore, layout: Layout) -> None:
        self._keys = keys
        self._layout = layout
        self._hints: dict[str, int] = {}

    def head(self, stream: str) -> int:
        """The number of the last entry; 0 where there is none."""
        low = self._hints.get(stream, 0)
        if low:
            there = self._keys.get_many([self._layout.entry(stream, at) for at in (low, low + 1)])
            if len(there) == 1 and self._layout.entry(stream, low) in there:
                return low  # the hint is exact, as it mostly is
            if not there:
                low = 0  # the store was replaced, and the hint is of another time: numbers must not gap
        stride = 1
        while self._is_taken(stream, low + stride):
            low, stride = low + stride, stride * 2
        while stride > 1:
            stride //= 2
            if self._is_taken(stream, low + stride):
                low += stride
        self._hints[stream] = low
        return low

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
        number, window = after, 4
        while True:
            ahead = {self._layout.entry(stream, at): at for at in range(number + 1, number + 1 + window)}
            found = self._keys.get_many(ahead)
            for key, at in ahead.items():
                if key not in found:
                    return
                yield Placed(at, unseal_entry(key, found[key]))
            number, window = number + window, min(window * 4, _READ_AHEAD)

    def longer_than(self, positions: Mapping[str, int]) -> list[str]:
        """Those streams that have an entry after their position, in one bulk read."""
        following = {self._layout.entry(stream, at + 1): stream for stream, at in positions.items()}
        found = self._keys.get_many(following)
        return [stream for key, stream in following.items() if key in found]

    def append(self, entry: Entry) -> Placed:
        """Place an entry whose id nobody else can know of."""
        return self.place(entry, after=self.head(entry.stream))

    def place(self, entry: Entry, *, after: int, rebuildable: bool = False) -> Placed:
        """Give an entry its number, once, however many try it and how often: return where it stands.

        `after` is a head of the stream that was read before anybody could place this entry. Read on from there. Met
        the entry: it has its number. Found a free number: create it; if that is refused, somebody was faster, so
        read who. Every number below the one created was read, hence the entry is in none of them.
        """
        number = after + 1
        while True:
            present = self.read(entry.stream, number)
            if present is None:
                if number == 1:
                    self._announce(entry.stream)
                key = self._layout.entry(entry.stream, number)
                if self._keys.create(key, seal_entry(key, entry), rebuildable=rebuildable):
                    present = entry
                else:
                    continue
            if present.id == entry.id:
                self.hint(entry.stream, number)
                return Placed(number, present)
            number += 1

    def names(self, after: int = 0) -> Iterator[tuple[int, str]]:
        """The streams that there are, by their number in the stream of streams."""
        for placed in self.follow(STREAMS, after):
            yield placed.number, placed.entry.id

    def _announce(self, stream: str) -> None:
        """Name a stream in the stream of streams before its first entry, so that every entry can be found."""
        if stream != STREAMS:
            origin = Origin(commit="", dirty=False, repository="", actor="")
            self.place(Entry(id=stream, stream=STREAMS, kind=STREAM, created="", origin=origin), after=0)

    def _is_taken(self, stream: str, number: int) -> bool:
        return self._keys.get(self._layout.entry(stream, number)) is not None
