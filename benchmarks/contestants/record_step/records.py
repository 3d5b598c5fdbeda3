"""The same step as Jeyn's record of it."""

from __future__ import annotations

import time
from statistics import median

from step import INPUTS, METADATA, ORIGIN, OUTPUTS, PARAMETERS, RUNTIME, STEPS, digest

from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import (
    BATCH,
    CHECKPOINT,
    DERIVED_FROM,
    TRAINED_ON,
    Artefact,
    Blob,
    Entry,
    Origin,
    Relationship,
    StepInput,
    StepRecord,
    Unplaced,
)
from jeyn.model.timestamps import now
from jeyn.ports import BlobStore, KeyValueStore

_KINDS = {"batch": (BATCH, DERIVED_FROM), "checkpoint": (CHECKPOINT, TRAINED_ON)}


def entries(number: int) -> list[tuple[str, Entry]]:
    """The two entries of a step of run `number`, by output; each refers to the three inputs."""
    run, made = f"run-{number:05}", []
    origin = Origin(**ORIGIN, dirty=False, run=run, pipeline="train-digits", step="train")
    for output, stream in OUTPUTS.items():
        kind, edge = _KINDS[output]
        artefact = Artefact(
            kind=kind,
            definition=f"{stream}@1.0.0",
            definition_digest=digest(stream),
            definition_blob=digest(stream, "whole"),
            digest=digest(output, number),
            blobs=(Blob(f"{output}.bin", digest(output, number, "bytes"), 123_456),),
            metadata=METADATA[output],
        )
        edges = tuple(Relationship(edge, name, f"run-0/{name}/-/batch", digest(name)) for name in INPUTS)
        made.append((output, Entry(f"{run}/train/-/{output}", stream, kind, now(), origin, artefact, edges)))
    return made


def commit(ledger: Ledger, number: int, made: list[tuple[str, Entry]]) -> None:
    """What a step's process does with its entries: read the heads of their streams, and commit."""
    heads = ledger.streams.heads(entry.stream for _, entry in made)
    placed = tuple(Unplaced(output, heads[entry.stream], entry) for output, entry in made)
    origin = made[0][1].origin
    record = StepRecord(
        run=origin.run,
        pipeline=origin.pipeline,
        step=origin.step,
        item="",
        origin=origin,
        started=now(),
        finished=now(),
        inputs={name: StepInput(f"{name}#7", name, f"run-0/{name}/-/batch", digest(name)) for name in INPUTS},
        parameters=PARAMETERS,
        runtime=RUNTIME,
        cache_key=digest("action", number).removeprefix("sha256:"),
        entries=placed,
    )
    ledger.commit(record)


def median_seconds(keys: KeyValueStore, blobs: BlobStore) -> float:
    """How long a commit takes: the median over STEPS.

    Each is by a ledger of its own, which is given the heads that the runner saw, as a step's process is.
    """
    times = []
    for number in range(STEPS):
        made = entries(number)
        ledger = Ledger(keys, blobs, "bench")
        for stream in OUTPUTS.values():
            ledger.streams.hint(stream, number)
        began = time.perf_counter()
        commit(ledger, number, made)
        times.append(time.perf_counter() - began)
    assert ledger.streams.head("digit-recognition") == STEPS
    return median(times)
