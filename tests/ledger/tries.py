"""Processes of the protocol: a try of a step as a pod makes it, a reader, a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from at_hand import PROJECT, artefact, entry, run_finished, run_started, step_record
from judged import NO_BLOBS

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import CommittedStep, Ledger
from jeyn.model.artefact import Placed
from jeyn.ports import KeyValueStore

RUN = "r1"
MakeLedger = Callable[[KeyValueStore], Ledger]


def real_ledger(keys: KeyValueStore) -> Ledger:
    return Ledger(keys, NO_BLOBS, PROJECT)


def a_try(
    make: MakeLedger, step: str, outputs: Mapping[str, str], *, content: str, cache_key: str = "k"
) -> Callable[[KeyValueStore], CommittedStep]:
    """One try of a step with outputs `{name: stream}`; another `content` gives another record of the same entry ids."""

    def process(keys: KeyValueStore) -> CommittedStep:
        ledger = make(keys)
        before = ledger.step(RUN, step)
        if before is not None:
            return ledger.roll_forward(before)
        made = {name: (stream, artefact(f"{content} {name}")) for name, stream in outputs.items()}
        heads = ledger.streams.heads(outputs.values())
        return ledger.commit(step_record(RUN, step, made, heads=heads, cache_key=cache_key))

    return process


def a_reader(make: MakeLedger, *steps: str) -> Callable[[KeyValueStore], Any]:
    """Somebody who comes by and completes what is committed."""

    def process(keys: KeyValueStore) -> list[CommittedStep]:
        ledger = make(keys)
        return [ledger.roll_forward(record) for record in list(ledger.steps((RUN, step, "") for step in steps))]

    return process


def a_notebook(make: MakeLedger, entry_id: str, stream: str) -> Callable[[KeyValueStore], Placed]:
    """A save outside a run."""

    def process(keys: KeyValueStore) -> Placed:
        return make(keys).append(entry(entry_id, stream, artefact=artefact(entry_id)))

    return process


def an_index(make: MakeLedger) -> Callable[[KeyValueStore], dict[str, int]]:
    """Somebody who follows the ledger into a new index, and so completes what is committed."""

    def process(keys: KeyValueStore) -> dict[str, int]:
        index = ReadIndex(Path(":memory:"), make(keys))
        try:
            index.sync()
            return index.streams()
        finally:
            index.close()

    return process


def an_end(make: MakeLedger, step: str) -> Callable[[KeyValueStore], Placed]:
    """The end of the run, written by somebody who does not wait for the step any more."""
    return lambda keys: make(keys).append(run_finished(RUN, {step: False}))


def a_store(streams: Mapping[str, int], *steps: str) -> tuple[MemoryKeyValueStore, list[str]]:
    """A store in which a run has started and streams have so many entries; with the ids of these."""
    keys = MemoryKeyValueStore()
    ledger = real_ledger(keys)
    ledger.append(run_started(RUN, steps))
    ids = [f"{RUN}/start"]
    for stream, length in streams.items():
        for number in range(1, length + 1):
            ids.append(f"before/{stream}/{number}")
            ledger.append(entry(ids[-1], stream, artefact=artefact(ids[-1])))
    return keys, ids
