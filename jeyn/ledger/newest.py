"""The newest of a stream, found from its end: for who asks once and has no index to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jeyn.ledger.streams import Streams
from jeyn.model.artefact import Entry, Placed
from jeyn.model.names import definition_line

_AT_ONCE = 16


def backwards(streams: Streams, stream: str) -> Iterator[Placed]:
    """The entries of a stream, newest first; IntegrityError where one is not what was written."""
    high = streams.head(stream)
    while high > 0:
        low = max(0, high - _AT_ONCE)
        there = streams.at((stream, number) for number in range(low + 1, high + 1))
        for number in range(high, low, -1):
            yield Placed(number, there[stream, number])
        high = low


def newest(streams: Streams, stream: str, fits: Callable[[Entry], bool]) -> Placed | None:
    """The newest entry that fits."""
    return next((placed for placed in backwards(streams, stream) if fits(placed.entry)), None)


def newest_artefact(streams: Streams, stream: str, line: str = "") -> Placed | None:
    """The newest artefact of a stream, of one major line if that is given."""

    def fits(entry: Entry) -> bool:
        return entry.artefact is not None and (not line or definition_line(entry.artefact.definition) == line)

    return newest(streams, stream, fits)
