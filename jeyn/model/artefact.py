"""What is saved and what is recorded of it: blobs, artefacts, relationships, entries, step records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from jeyn.model.values import dataclass

#: Kinds of artefact. Persisted: never reuse a name.
BATCH = "batch"
CHECKPOINT = "checkpoint"
REPORT = "report"

#: Kinds of entry that hold no artefact. Persisted likewise.
RUN_STARTED = "run-started"
#: A step has learned what it is run for: `details` names its items, as a run's start does where they are known then.
RUN_FANNED_OUT = "run-fanned-out"
RUN_FINISHED = "run-finished"
STREAM = "stream"
#: A commit became what an environment serves, with what it promotes: in a stream that no document can have.
LIVE = "live"
LIVE_STREAM = "_live"

#: Types of relationship; each points from what was made to what it was made from. Persisted likewise.
DERIVED_FROM = "derived_from"
TRAINED_ON = "trained_on"
EVALUATED_ON = "evaluated_on"
PREDICTED_WITH = "predicted_with"
DESCRIBES = "describes"


@dataclass(frozen=True, slots=True)
class Blob:
    """Named bytes of an artefact: their `sha256:` digest, and their size in bytes."""

    name: str
    digest: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Artefact:
    """A thing that is saved.

    `definition` is `NAME@VERSION`, `definition_digest` the digest of its meaning, `definition_blob` the digest of
    the blob that holds it whole. `digest` says what the artefact is, whenever, wherever and by whatever it was
    written. `metadata` is plain JSON.
    """

    kind: str
    definition: str
    definition_digest: str
    definition_blob: str
    digest: str
    blobs: tuple[Blob, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blob_digests(self) -> tuple[str, ...]:
        """All blobs that are needed to read it: its own, and that of its definition."""
        own = tuple(blob.digest for blob in self.blobs)
        return (*own, self.definition_blob) if self.definition_blob else own


@dataclass(frozen=True, slots=True)
class Relationship:
    """An edge to another artefact, by its identity: entry id and digest hold in every ledger, numbers in one."""

    type: str
    stream: str
    entry: str
    digest: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry comes from. `dirty`: the commit is a snapshot of a tree that was not committed."""

    commit: str
    dirty: bool
    repository: str
    actor: str
    run: str = ""
    pipeline: str = ""
    step: str = ""
    item: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a stream. `created` is RFC 3339 in UTC; `details` belongs to entries without an artefact."""

    id: str
    stream: str
    kind: str
    created: str
    origin: Origin
    artefact: Artefact | None = None
    relationships: tuple[Relationship, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its number in one ledger. `str(placed)` is its reference, `NAME#N`."""

    number: int
    entry: Entry

    def __str__(self) -> str:
        return f"{self.entry.stream}#{self.number}"


@dataclass(frozen=True, slots=True)
class StepInput:
    """What a step read: the reference it was resolved to, and the identity behind that."""

    reference: str
    stream: str
    entry: str
    digest: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An entry of a step record, with the head of its stream that was seen before the record was written."""

    output: str
    head: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class StepRecord:
    """The one write that commits a step: all that it read, all that it gives.

    `runtime` is empty where nothing ran, `cache_key` where nothing may be found again by it.
    """

    run: str
    pipeline: str
    step: str
    item: str
    origin: Origin
    started: str
    finished: str
    entries: tuple[Unplaced, ...]
    inputs: Mapping[str, StepInput] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    runtime: Mapping[str, Any] = field(default_factory=dict)
    cache_key: str = ""
