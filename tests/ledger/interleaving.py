"""Every interleaving of a few processes over a store that can only create and read keys.

A process is a function of a store. It is deterministic, so the answers that it has got so far tell where it stands:
run again from the start with these answers, it comes to its next operation. A state of the whole is hence the store
and the answers of each process, and to visit every state once is to go through every interleaving, however many there
are. A bulk read counts as one operation per key, which is all that the port promises.

What else may happen at each operation, as often as the scenario allows: the process ends for ever before it writes
(a crash after a write is one before the next), or the store writes and reports a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ports import KeyValueStore

Process = Callable[[KeyValueStore], Any]
Answers = tuple[bytes | bool | None, ...]
Held = frozenset[tuple[str, bytes]]


@dataclass(frozen=True)
class Operation:
    """What a process asks of the store: to read a key, or to create it with a value."""

    key: str
    value: bytes | None = None


@dataclass(eq=False)
class Place:
    """Where a process stands: what it asks next, or what it returned when there is nothing more to ask."""

    answers: Answers
    asks: Operation | None
    result: Any = None
    after: dict[bytes | bool | None, Place] = field(default_factory=dict)


#: Where a process stands that has ended before its time.
CRASHED = Place((), None)


class _Asked(BaseException):
    """Raised through a process at the first operation whose answer is not known yet."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation


class _Replayed:
    """A KeyValueStore that gives the answers of before, and stops at the first new question."""

    def __init__(self, answers: Answers) -> None:
        self._answers = iter(answers)

    def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
        return self._answer(Operation(key, value))

    def create_many(self, values: Mapping[str, bytes], *, rebuildable: bool = False) -> set[str]:
        return {key for key, value in values.items() if self.create(key, value)}

    def get(self, key: str) -> bytes | None:
        return self._answer(Operation(key))

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        found = {key: self.get(key) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    def rows(self) -> None:
        return None

    def problems(self) -> Iterator[str]:
        return iter(())

    def close(self) -> None:
        pass

    def _answer(self, operation: Operation) -> Any:
        for answer in self._answers:
            return answer
        raise _Asked(operation)


class State(NamedTuple):
    """The store, where each process stands, and what may still go wrong."""

    held: Held
    places: tuple[Place, ...]
    crashes: int
    lies: int

    def moved(self, who: int, place: Place) -> State:
        return self._replace(places=(*self.places[:who], place, *self.places[who + 1 :]))


@dataclass
class Exploration:
    """Everything that can happen to some processes, and what must hold of it.

    `always` is asked of every store that there is at any moment. `at_end` is asked of every store that is left when
    all processes have ended or crashed, and what it returns is asked of their results (None: crashed).
    """

    processes: Sequence[Process]
    always: Callable[[MemoryKeyValueStore], None]
    at_end: Callable[[MemoryKeyValueStore], Callable[[list[Any]], None]]
    seen: dict[State, int] = field(default_factory=dict)
    _stores: dict[Held, Held] = field(default_factory=dict)
    _ends: dict[Held, Callable[[list[Any]], None]] = field(default_factory=dict)

    def run(self, start: MemoryKeyValueStore, *, crashes: int = 0, lies: int = 0) -> int:
        """Go through it all; the number of interleavings."""
        places = tuple(self._place(who, ()) for who in range(len(self.processes)))
        return self._interleavings(State(self._store(frozenset(start.rows())), places, crashes, lies))

    def _interleavings(self, state: State) -> int:
        if state not in self.seen:
            following = list(self._following(state))
            self.seen[state] = sum(map(self._interleavings, following)) if following else self._end(state)
        return self.seen[state]

    def _following(self, state: State) -> Iterator[State]:
        held = dict(state.held)
        for who, place in enumerate(state.places):
            if place.asks is None:
                continue
            key, value = place.asks.key, place.asks.value
            if value is None:
                yield state.moved(who, self._answered(who, place, held.get(key)))
                continue
            if state.crashes:
                yield state.moved(who, CRASHED)._replace(crashes=state.crashes - 1)
            if key in held:
                yield state.moved(who, self._answered(who, place, False))
                continue
            written = state._replace(held=self._store(state.held | {(key, value)}))
            yield written.moved(who, self._answered(who, place, True))
            if state.lies:
                yield written.moved(who, self._answered(who, place, False))._replace(lies=state.lies - 1)

    def _answered(self, who: int, place: Place, answer: bytes | bool | None) -> Place:
        if answer not in place.after:
            place.after[answer] = self._place(who, (*place.answers, answer))
        return place.after[answer]

    def _place(self, who: int, answers: Answers) -> Place:
        try:
            return Place(answers, None, self.processes[who](_Replayed(answers)))
        except _Asked as asked:
            return Place(answers, asked.operation)

    def _store(self, held: Held) -> Held:
        """The same contents as one object; looked at when they are new."""
        if held not in self._stores:
            self._stores[held] = held
            self.always(store_of(held))
        return self._stores[held]

    def _end(self, state: State) -> int:
        if state.held not in self._ends:
            self._ends[state.held] = self.at_end(store_of(state.held))
        self._ends[state.held]([place.result for place in state.places])
        return 1


def store_of(held: Held) -> MemoryKeyValueStore:
    store = MemoryKeyValueStore()
    for key, value in held:
        store.create(key, value)
    return store
