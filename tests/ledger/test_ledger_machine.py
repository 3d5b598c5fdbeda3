"""Random histories: saves, commits, zombies, crashes at any operation, lying stores, readers; against a simple model."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from at_hand import PROJECT, artefact, entry, run_started, step_record
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from judged import NO_BLOBS, check_always, check_end

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import CommittedStep, Ledger
from jeyn.model.artefact import Placed, StepRecord

RUN = "r1"
STEPS = ["scale", "split", "train"]
STREAMS = st.sampled_from(["images", "digits", "report"])
PROCESSES = st.integers(0, 2)
#: At which operation a process ends for ever, or is told that its write was refused; beyond its last: not at all.
MOMENTS = st.integers(0, 24)


class Crash(BaseException):
    """The end of a process, as sudden as one of a test can be."""


class Unsteady(MemoryKeyValueStore):
    """A store in which a process may crash, and which may write and report a refusal."""

    def __init__(self) -> None:
        super().__init__()
        self.crash_after: Iterator[int] = iter(())
        self.lie_at: Iterator[int] = iter(())

    def get(self, key: str) -> bytes | None:
        self._count()
        return super().get(key)

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        self._count()
        return super().create(key, value) and next(self.lie_at, 1) != 0

    def _count(self) -> None:
        if next(self.crash_after, 1) == 0:
            raise Crash


class Histories(RuleBasedStateMachine):
    """Three processes over one store. Each remembers heads, so what it believes of a stream may be old."""

    records = Bundle("records")

    @initialize()
    def start(self) -> None:
        self.keys = Unsteady()
        self.ledgers = [self.process() for _ in range(3)]
        self.ledgers[0].append(run_started(RUN, STEPS))
        self.index = ReadIndex(Path(":memory:"), self.process())
        self.stands: dict[str, StepRecord] = {}
        self.appended = {f"{RUN}/start"}
        self.told: dict[str, tuple[str, int]] = {}
        self.ids = itertools.count()

    def process(self) -> Ledger:
        return Ledger(self.keys, NO_BLOBS, PROJECT)

    @contextmanager
    def unsteady(self, who: int, crash: int, lie: int) -> Iterator[None]:
        """What happens within may end at any operation; a process that ended is another one from then on."""
        self.keys.crash_after, self.keys.lie_at = iter(range(crash, -1, -1)), iter(range(lie, -1, -1))
        try:
            yield
        except Crash:
            self.ledgers[who] = self.process()
        finally:
            self.keys.crash_after, self.keys.lie_at = iter(()), iter(())

    @rule(who=PROCESSES, stream=STREAMS, crash=MOMENTS, lie=MOMENTS)
    def save_in_a_notebook(self, who: int, stream: str, crash: int, lie: int) -> None:
        new = entry(f"note/{next(self.ids)}", stream, artefact=artefact("note"))
        self.appended.add(new.id)
        with self.unsteady(who, crash, lie):
            self.hear(self.ledgers[who].append(new))

    @rule(
        target=records,
        who=PROCESSES,
        step=st.sampled_from(STEPS),
        streams=st.lists(STREAMS, max_size=3),
        content=st.integers(0, 3),
        cached=st.booleans(),
    )
    def compute(self, who: int, step: str, streams: list[str], content: int, cached: bool) -> StepRecord:
        """A try comes to its end, and sees the heads of now. When it commits, if ever, is another matter."""
        outputs = {f"output_{n}": (stream, artefact(f"{content} {n}")) for n, stream in enumerate(streams)}
        heads = {stream: self.ledgers[who].streams.head(stream) for stream in streams}
        return step_record(RUN, step, outputs, heads=heads, cache_key="k" if cached else "")

    @rule(who=PROCESSES, record=records, crash=MOMENTS, lie=MOMENTS)
    def commit(self, who: int, record: StepRecord, crash: int, lie: int) -> None:
        try:
            with self.unsteady(who, crash, lie):
                self.hear_all(self.ledgers[who].commit(record), record)
        finally:
            if f"jeyn/1/{PROJECT}/step/{RUN}/{record.step}/-" in dict(self.keys.rows()):
                self.stands.setdefault(record.step, record)

    @rule(who=PROCESSES, step=st.sampled_from(STEPS), crash=MOMENTS)
    def read_a_step(self, who: int, step: str, crash: int) -> None:
        found = self.process().step(RUN, step)
        assert found == self.stands.get(step)
        if found is not None:
            with self.unsteady(who, crash, 24):
                self.hear_all(self.ledgers[who].roll_forward(found), found)

    @rule(crash=MOMENTS)
    def follow(self, crash: int) -> None:
        with self.unsteady(0, crash, 24):
            self.index.sync()
            placed = {entry_id for entry_id in self.committed() if self.index.by_id(entry_id) is not None}
            assert placed == set(self.committed())

    @rule()
    def lose_the_index(self) -> None:
        self.index.close()
        self.index = ReadIndex(Path(":memory:"), self.process())

    @rule(who=PROCESSES, stream=STREAMS)
    def ask_for_the_head(self, who: int, stream: str) -> None:
        assert self.ledgers[who].streams.head(stream) == len(list(self.process().streams.follow(stream, after=0)))

    @invariant()
    def holds(self) -> None:
        check_always(self.keys, self.appended)
        for entry_id, (stream, number) in self.told.items():
            there = self.process().streams.read(stream, number)
            assert there is not None
            assert there.id == entry_id

    def teardown(self) -> None:
        self.index.close()
        check_end(self.keys, self.appended)([])

    def committed(self) -> list[str]:
        return [one.entry.id for record in self.stands.values() for one in record.entries]

    def hear_all(self, done: CommittedStep, mine: StepRecord) -> None:
        stands = self.stands.setdefault(mine.step, mine)
        assert done.record == stands
        assert {name: placed.entry for name, placed in done.outputs.items()} == {
            one.output: one.entry for one in stands.entries
        }
        for placed in done.outputs.values():
            self.hear(placed)

    def hear(self, placed: Placed) -> None:
        place = (placed.entry.stream, placed.number)
        assert self.told.setdefault(placed.entry.id, place) == place


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHistories: Callable[..., None] = Histories.TestCase
