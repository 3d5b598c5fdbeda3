"""What is recorded, as CloudEvents, and how a broker hears of each at least once.

Whoever records something publishes it then. What the broker did not take, or a crash left unpublished, is found in
the ledger itself: a key per published entry says what the broker has, and a cursor, now and then, up to where all is
published. Consumers drop doubles by the event's id, which is the entry's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from jeyn.errors import AskError, JeynError, Unreachable
from jeyn.ledger.claims import last
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.records import seal, unseal
from jeyn.model.artefact import RUN_FINISHED, RUN_STARTED, Placed
from jeyn.ports.events import EventSink

_log = logging.getLogger("jeyn.events")

#: Types of events. Consumers filter by them: never change one.
RECORDED, STARTED, FINISHED = "artefact.recorded", "run.started", "run.finished"
_RUNS = {RUN_STARTED: STARTED, RUN_FINISHED: FINISHED}
# A new cursor is written when so many entries have been published after the last one.
_CURSOR_EVERY = 256
# A broker that was away is tried again after so many seconds: whoever records much meanwhile waits for it once.
_AGAIN_AFTER = 60.0


def cloud_event(placed: Placed, project: str) -> dict[str, Any] | None:
    """The event of an entry, in CloudEvents 1.0's JSON form; None for an entry that nobody is told of."""
    entry, origin, artefact = placed.entry, placed.entry.origin, placed.entry.artefact
    kind = RECORDED if artefact is not None else _RUNS.get(entry.kind)
    if kind is None:
        return None
    data: dict[str, Any] = {
        "ref": str(placed),
        "kind": entry.kind,
        "commit": origin.commit,
        "dirty": origin.dirty,
        "repository": origin.repository,
        "run": origin.run,
        "pipeline": origin.pipeline,
        "step": origin.step,
    }
    if artefact is not None:
        data |= {
            "definition": artefact.definition,
            "digest": artefact.digest,
            "bytes": sum(blob.bytes for blob in artefact.blobs),
            "metadata": dict(artefact.metadata),
            "relationships": [
                {"type": edge.type, "entry": edge.entry, "digest": edge.digest} for edge in entry.relationships
            ],
        }
    elif entry.kind == RUN_FINISHED:
        data |= {"status": entry.details.get("status"), "seconds": entry.details.get("seconds")}
    return {
        "specversion": "1.0",
        "id": entry.id,
        "source": f"/jeyn/{project}",
        "type": kind,
        "subject": str(placed),
        "time": entry.created,
        "datacontenttype": "application/json",
        "data": data,
    }


class Publisher:
    """Tells a broker of what a ledger holds. A broker that is away never fails anybody: it is told later."""

    def __init__(self, ledger: Ledger, open_sink: Callable[[], EventSink]) -> None:
        """`open_sink` is called for each event; that it cannot be opened is as good a reason as that it is away."""
        self._ledger = ledger
        self._open_sink = open_sink
        self._away_until = 0.0

    def tell(self, recorded: Iterable[Placed]) -> None:
        """Publish what was just recorded, unless the broker does not take it."""
        for placed in recorded:
            if not self._is_away:
                self._publish(placed)

    def catch_up(self) -> int:
        """Publish what nobody has published yet; how many. Ends early, without an error, where a part is away."""
        try:
            return self._catch_up()
        except Unreachable as error:
            self._give_up(error)
            return 0

    def _catch_up(self) -> int:
        number, positions = self._cursor()
        moved = count = 0
        for stream in self._ledger.streams.longer_than(self._known(positions)):
            for some in _chunks(self._ledger.streams.follow(stream, after=positions.get(stream, 0))):
                for placed in self._unpublished(some):
                    if self._is_away or not self._publish(placed):
                        return count
                    count += 1
                moved += some[-1].number - positions.get(stream, 0)
                positions[stream] = some[-1].number
        if moved >= _CURSOR_EVERY:
            key = self._ledger.layout.cursor(number + 1)
            self._ledger.keys.create(key, seal(key, {"positions": positions}), rebuildable=True)
        return count

    def _publish(self, placed: Placed) -> bool:
        event = cloud_event(placed, self._ledger.layout.project)
        if event is None:
            return True
        key = self._ledger.layout.published(placed.entry.stream, placed.number)
        try:
            self._open_sink().publish(event)
            self._ledger.keys.create(key, seal(key, {"id": placed.entry.id}), rebuildable=True)
        except (AskError, Unreachable) as error:  # what is recorded is recorded, and nobody must think that it is not
            self._give_up(error)
            return False
        return True

    @property
    def _is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def _give_up(self, error: JeynError) -> None:
        self._away_until = time.monotonic() + _AGAIN_AFTER
        _log.warning("%s; its events are published later, from the ledger", error.message)

    def _unpublished(self, some: list[Placed]) -> list[Placed]:
        keys = {self._ledger.layout.published(one.entry.stream, one.number): one for one in some}
        there = self._ledger.keys.get_many(keys)
        return [one for key, one in keys.items() if key not in there]

    def _known(self, positions: Mapping[str, int]) -> dict[str, int]:
        return {name: positions.get(name, 0) for _, name in self._ledger.streams.names()}

    def _cursor(self) -> tuple[int, dict[str, int]]:
        """The number of the last cursor, and up to where all is published, by stream."""
        number = last(self._ledger.keys, partial(self._ledger.layout.cursor))
        if not number:
            return 0, {}
        key = self._ledger.layout.cursor(number)
        value = self._ledger.keys.get(key)
        return number, dict(unseal(key, value)["positions"]) if value is not None else {}


def _chunks(placed: Iterator[Placed]) -> Iterator[list[Placed]]:
    some: list[Placed] = []
    for one in placed:
        some.append(one)
        if len(some) == _CURSOR_EVERY:
            yield some
            some = []
    if some:
        yield some
