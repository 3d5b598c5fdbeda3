"""What must hold of a ledger at every moment, and what once everybody is done. It reads the raw keys and values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from at_hand import PROJECT

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import CommittedStep, Ledger
from jeyn.ledger.records import unseal, unseal_entry, unseal_step
from jeyn.ledger.verify import verify
from jeyn.model.artefact import Entry, Placed, StepRecord

ROOT = f"jeyn/1/{PROJECT}/"
#: No blob is written where a protocol is proved.
NO_BLOBS = FolderBlobStore(Path("no blobs"))


class Broken(AssertionError):
    """The ledger is not as it must be."""


def demand(holds: object, what: str) -> None:
    if not holds:
        raise Broken(what)


class Raw:
    """What a store holds, sorted by the kind of its keys."""

    def __init__(self, keys: MemoryKeyValueStore) -> None:
        self.streams: dict[str, dict[int, Entry]] = {}
        self.names: dict[int, str] = {}
        self.steps: dict[tuple[str, str, str], StepRecord] = {}
        self.cache: dict[str, dict[int, tuple[str, str, str]]] = {}
        for key, value in keys.rows():
            kind, *parts = key.removeprefix(ROOT).split("/")
            match kind:
                case "stream":
                    self.streams.setdefault(parts[0], {})[int(parts[1])] = unseal_entry(key, value)
                case "streams":
                    self.names[int(parts[0])] = unseal_entry(key, value).id
                case "step":
                    record = unseal_step(key, value)
                    self.steps[record.run, record.step, record.item] = record
                case "cache":
                    run, step, item = unseal(key, value)["step"]
                    self.cache.setdefault(parts[0], {})[int(parts[1])] = (run, step, item)
                case _:
                    raise Broken(f"a key of no kind: {key}")

    @property
    def committed(self) -> list[Entry]:
        return [unplaced.entry for record in self.steps.values() for unplaced in record.entries]


def check_always(keys: MemoryKeyValueStore, appended: Iterable[str] = ()) -> None:
    """Whatever happens, at every moment. `appended` are the ids of entries that belong to no step."""
    raw = Raw(keys)
    numbered: list[dict[int, Any]] = [*raw.streams.values(), raw.names, *raw.cache.values()]
    for numbers in numbered:
        demand(sorted(numbers) == list(range(1, len(numbers) + 1)), f"a gap: {sorted(numbers)}")
    placed = Counter(entry.id for stream in raw.streams.values() for entry in stream.values())
    demand(max(placed.values(), default=1) == 1, f"an entry twice: {placed}")
    committed = {entry.id: entry for entry in raw.committed}
    for name, stream in raw.streams.items():
        demand(name in raw.names.values(), f"the stream {name} is not named")
        for entry in stream.values():
            demand(entry.id in committed or entry.id in set(appended), f"{entry.id} was never committed")
            demand(committed.get(entry.id, entry) == entry, f"{entry.id} is of a try that did not commit")
    demand(len(set(raw.names.values())) == len(raw.names), f"a stream is named twice: {raw.names}")
    for steps in raw.cache.values():
        demand(len(set(steps.values())) == len(steps), f"the cache names a step twice: {steps}")
        for step in steps.values():
            demand(step in raw.steps, f"the cache names {step}, which is not committed")


def check_end(keys: MemoryKeyValueStore, appended: Iterable[str] = ()) -> Callable[[Iterable[Any]], None]:
    """When everybody has ended or crashed, and a reader came by: all that was committed is there.

    Returns the check of what the processes were told.
    """
    ledger = Ledger(keys, NO_BLOBS, PROJECT)
    index = ReadIndex(Path(":memory:"), ledger)
    index.sync()
    check_always(keys, appended)
    raw = Raw(keys)
    placed = {entry.id: (name, number) for name, stream in raw.streams.items() for number, entry in stream.items()}
    for entry in raw.committed:
        demand(entry.id in placed, f"{entry.id} is committed and not placed")
        found = index.by_id(entry.id)
        demand(found is not None and found.entry == entry, f"the index does not know {entry.id}")
    for step, record in raw.steps.items():
        if record.cache_key:
            demand(step in raw.cache.get(record.cache_key, {}).values(), f"the cache has no {step}")
    ends = {name: len(raw.streams.get(name, ())) for name in raw.names.values()}
    demand(index.streams() == ends, "the index has not all")
    index.close()
    demand(verify(ledger, {}).problems == [], "verify finds problems")
    return lambda results: check_told(raw, placed, results)


def check_told(raw: Raw, placed: Mapping[str, tuple[str, int]], results: Iterable[Any]) -> None:
    """Every try was told the record that stands, and for each output the number at which it stands."""
    for result in results:
        if isinstance(result, CommittedStep):
            step = (result.record.run, result.record.step, result.record.item)
            demand(result.record == raw.steps.get(step), f"a try was told another record than stands: {step}")
            for told in result.outputs.values():
                demand(placed[told.entry.id] == (told.entry.stream, told.number), f"{told} was told, and is not there")
        elif isinstance(result, Placed):
            demand(placed[result.entry.id] == (result.entry.stream, result.number), f"{result} was told")
