"""The newest of a stream, found from its end: for who asks once and has no index to ask."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.ledger.streams import Streams
from jeyn.model.artefact import Placed
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


def newest_artefact(streams: Streams, stream: str, line: str = "") -> Placed | None:
    """The newest artefact of a stream, of one major line if that is given."""
    for placed in backwards(streams, stream):
        artefact = placed.entry.artefact
        if artefact is not None and (not line or definition_line(artefact.definition) == line):
            return placed
    return None
