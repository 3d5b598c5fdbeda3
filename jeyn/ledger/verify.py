"""Verification: everything that is recorded, against the digests under which it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from jeyn.errors import IntegrityError
from jeyn.ledger.layout import STREAMS
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.verify_rows import row_problems
from jeyn.model.artefact import RUN_FANNED_OUT, RUN_STARTED, Placed

_Step = tuple[str, str, str]  # run, step, item


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


def verify(ledger: Ledger, seen: Mapping[str, int]) -> Verification:
    """Check the whole ledger and every blob that it refers to. Others may write meanwhile.

    `seen` holds, by stream, a number that some reader has seen before: a stream that ends below it has lost entries.
    Steps that a crash left committed and not placed are rolled forward, as by every reader.
    """
    found = [Problem("store", line) for line in ledger.keys.problems()]
    found += [Problem(*problem) for problem in row_problems(ledger)]
    if found:
        return Verification(problems=found)  # what a broken store lets one read proves nothing
    walk = _Walk(ledger)
    walk.read(seen)
    walk.check_ends(seen)
    walk.check_steps()
    walk.check_edges(seen)
    walk.problems += _blob_problems(ledger, walk.blobs)
    return Verification(len(walk.ids), len(walk.blobs), walk.problems)


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
        blobs |= dict.fromkeys(placed.entry.artefact.blob_digests if placed.entry.artefact else (), str(placed))
    result.blobs = len(blobs)
    result.problems += _blob_problems(ledger, blobs)
    return result


class _Walk:
    """A way through all streams, and what was met on it: each thing with the reference of an entry that tells of it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ends: dict[str, int] = {}
        self._edges: list[tuple[str, str]] = []
        self._runs: set[str] = set()
        self._started: set[_Step] = set()
        self._made: dict[_Step, str] = {}
        self.ids: dict[str, str] = {}
        self.blobs: dict[str, str] = {}
        self.problems: list[Problem] = []

    def read(self, seen: Iterable[str]) -> None:
        """Read on in every stream, to its present end."""
        names = {one.entry.id for one in self._follow(STREAMS)}
        for stream in sorted({*names, *self._ends, *seen} - {STREAMS}):
            for placed in self._follow(stream):
                self._meet(placed)

    def check_ends(self, seen: Mapping[str, int]) -> None:
        for stream, number in seen.items():
            if self._ends.get(stream, 0) < number:
                self._tell(stream, f"ends at {self._ends.get(stream, 0)}, but {number} was seen before")

    def check_steps(self) -> None:
        """Every entry of a run that is recorded here has its step record, and every step record its entries."""
        made_here = {step: where for step, where in self._made.items() if step[0] in self._runs}
        for step in sorted(self._started | set(made_here)):
            try:
                record = self._ledger.step(*step)
            except IntegrityError as error:
                self._tell("/".join(step[:2]), error.message)
                continue
            if record is None:
                if step in made_here:
                    self._tell(made_here[step], f"the record of its step {step[0]}/{step[1]} is gone")
            elif not self.problems and any(unplaced.entry.id not in self.ids for unplaced in record.entries):
                self._ledger.roll_forward(record)  # only where all that it reads on the way can be trusted

    def check_edges(self, seen: Iterable[str]) -> None:
        if any(entry not in self.ids for _, entry in self._edges):
            self.read(seen)  # it may have been recorded since its stream was read
        for where, entry in self._edges:
            if entry not in self.ids:
                self._tell(where, f"refers to the entry {entry}, which no stream holds")

    def _follow(self, stream: str) -> Iterator[Placed]:
        """The entries that were not read yet; those that cannot be read become problems."""
        end = self._ends.setdefault(stream, 0)
        while True:
            try:
                for placed in self._ledger.streams.follow(stream, after=end):
                    end = self._ends[stream] = placed.number
                    yield placed
                return
            except IntegrityError as error:
                end = self._ends[stream] = end + 1
                self._tell(f"{stream}#{end}", error.message)

    def _meet(self, placed: Placed) -> None:
        entry, where = placed.entry, str(placed)
        if entry.id in self.ids:
            self._tell(where, f"the same entry as {self.ids[entry.id]}")
        self.ids.setdefault(entry.id, where)
        self._edges += [(where, edge.entry) for edge in entry.relationships]
        for digest in entry.artefact.blob_digests if entry.artefact else ():
            self.blobs.setdefault(digest, where)
        origin = entry.origin
        if entry.kind in (RUN_STARTED, RUN_FANNED_OUT):
            self._runs.add(origin.run)
            self._started |= {(origin.run, step, item) for step, item in entry.details.get("steps", ())}
        elif origin.run and origin.step:
            self._made.setdefault((origin.run, origin.step, origin.item), where)

    def _tell(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))


def _blob_problems(ledger: Ledger, blobs: Mapping[str, str]) -> Iterator[Problem]:
    for digest, where in blobs.items():
        try:
            ledger.blobs.check(digest)
        except IntegrityError as error:
            yield Problem(where, error.message)
