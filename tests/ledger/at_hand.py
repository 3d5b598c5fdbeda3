"""Entries, step records and runs, as little of each as makes one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import (
    BATCH,
    DERIVED_FROM,
    RUN_FANNED_OUT,
    RUN_FINISHED,
    RUN_STARTED,
    Artefact,
    Blob,
    Entry,
    Origin,
    Placed,
    Relationship,
    StepRecord,
    Unplaced,
)

PROJECT = "digits"
COMMIT = "9f2c" * 10


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def save_blob(ledger: Ledger, data: bytes) -> Blob:
    with ledger.blobs.writer() as writer:
        writer.write(data)
        return writer.commit("a.bin")


def origin(run: str = "", step: str = "") -> Origin:
    return Origin(COMMIT, False, "https://example.com/digits.git", "Ada", run, "train-digits" if run else "", step)


def artefact(
    content: str, *, kind: str = BATCH, blobs: tuple[Blob, ...] = (), definition: str = "images@1.0.0"
) -> Artefact:
    return Artefact(kind, definition, digest_of(b"definition"), "", digest_of(content.encode()), blobs)


def saved_artefact(ledger: Ledger, data: bytes, kind: str = BATCH, definition: str = "images@1.0.0") -> Artefact:
    """An artefact whose bytes, and those of its definition, are in the blob store."""
    held = save_blob(ledger, b"definition of " + definition.encode())
    return Artefact(kind, definition, held.digest, held.digest, digest_of(data), (save_blob(ledger, data),))


def entry(
    entry_id: str,
    stream: str,
    *,
    artefact: Artefact | None = None,
    made_from: Iterable[Placed] = (),
    run: str = "",
    step: str = "",
    created: str = "2030-01-31T09:00:00.000000Z",
) -> Entry:
    edges = tuple(relationship(one) for one in made_from)
    kind = artefact.kind if artefact else BATCH
    return Entry(entry_id, stream, kind, created, origin(run, step), artefact, edges)


def relationship(target: Placed, kind: str = DERIVED_FROM) -> Relationship:
    digest = target.entry.artefact.digest if target.entry.artefact else ""
    return Relationship(kind, target.entry.stream, target.entry.id, digest)


def step_record(
    run: str,
    step: str,
    outputs: Mapping[str, tuple[str, Artefact]],
    *,
    heads: Mapping[str, int] | None = None,
    made_from: Iterable[Placed] = (),
    cache_key: str = "",
    item: str = "",
) -> StepRecord:
    """The record of a step with outputs `{name: (stream, artefact)}`, and the heads that it saw (0 if not given)."""
    made_from = list(made_from)
    entries = tuple(
        Unplaced(
            name,
            (heads or {}).get(stream, 0),
            entry(f"{run}/{step}/{item or '-'}/{name}", stream, artefact=made, made_from=made_from, run=run, step=step),
        )
        for name, (stream, made) in outputs.items()
    )
    return StepRecord(
        run=run,
        pipeline="train-digits",
        step=step,
        item=item,
        origin=origin(run, step),
        started="2030-01-31T09:00:00.000000Z",
        finished="2030-01-31T09:00:01.000000Z",
        entries=entries,
        cache_key=cache_key,
    )


def run_started(run: str, steps: Iterable[str]) -> Entry:
    details = {"version": "1.0.0", "steps": [[step, ""] for step in steps], "parameters": {}}
    return Entry(
        f"{run}/start", "train-digits", RUN_STARTED, "2030-01-31T09:00:00.000000Z", origin(run), details=details
    )


def run_fanned_out(run: str, step: str, items: int) -> Entry:
    """A run has learned for how many items it runs a step."""
    details = {"steps": [[step, str(item)] for item in range(items)]}
    return Entry(
        f"{run}/{step}/items",
        "train-digits",
        RUN_FANNED_OUT,
        "2030-01-31T09:01:00.000000Z",
        origin(run),
        details=details,
    )


def run_finished(run: str, steps: Mapping[str, bool]) -> Entry:
    """The end of a run; of each step, whether the run tells its outputs."""
    told = [{"name": step, "outputs": {"batch": "images#1"} if done else {}} for step, done in steps.items()]
    return Entry(
        f"{run}/end",
        "train-digits",
        RUN_FINISHED,
        "2030-01-31T09:05:00.000000Z",
        origin(run),
        details={"schema": "jeyn.run/1", "status": "succeeded" if all(steps.values()) else "failed", "steps": told},
    )
