"""Saving checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jeyn.model.artefact import CHECKPOINT, EVALUATED_ON, TRAINED_ON, Artefact
from jeyn.model.codec import Json, canonical, digest
from jeyn.stores.loading import handle
from jeyn.stores.metadata import plain
from jeyn.stores.metrics import finite
from jeyn.stores.saved import Checkpoint, Saved, relationships
from jeyn.stores.saving import into, notebook

# What loading depends on, and what serializers tell of a model.
_RESERVED = frozenset({"serializer", "metrics", "bytes", "tensors", "types", "untrusted", "versions"})


def save(
    model: object,
    *,
    trained_on: Saved | Iterable[Saved] | None = None,
    evaluated_on: Saved | Iterable[Saved] | None = None,
    metrics: Mapping[str, float] | None = None,
    output: str = "",
    definition: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Checkpoint:
    """Save a trained model as the next checkpoint of a use case.

    In a step the use case is that of its output, named by `output` where several are checkpoints; outside a step
    `definition` names it as `NAME@MAJOR`. Its serializer is the one that the use case's file names, else the first
    that takes the model. `metrics` are finite numbers, `metadata` anything that JSON has. Raises SerializerError if no
    allowed serializer takes the model.
    """
    from jeyn.serializers import table

    more = plain(metadata, _RESERVED)
    saving = into()
    target = saving.target(CHECKPOINT, output, definition)
    assert target.use_case is not None, "a checkpoint has a use case"
    serializer = table.choose(model, target.use_case.serializer)
    blobs = saving.blobs_of(target)
    path = blobs.scratch(serializer.suffix)
    try:
        dump = serializer.dump(model, path)
        blob = blobs.adopt(path, serializer.suffix, dump.file)
    finally:
        path.unlink(missing_ok=True)
    content: Json = {"definition": target.meaning, "serializer": serializer.id, "content": dump.canonical}
    artefact = Artefact(
        kind=CHECKPOINT,
        definition=target.definition,
        definition_digest=target.meaning,
        definition_blob=target.keep_definition(saving.blobs),
        digest=digest(b"jeyn.checkpoint/1\n" + canonical(content)),
        blobs=(blob,),
        metadata={
            "serializer": serializer.id,
            "metrics": finite(metrics or {}),
            **dump.metadata,
            **more,
        },
    )
    edges = relationships(TRAINED_ON, trained_on) + relationships(EVALUATED_ON, evaluated_on)
    entry, number = saving.keep(target, artefact, edges)
    return Checkpoint(entry, number, saving.blobs)


def load(reference: str) -> Any:
    """The model of a recorded checkpoint, its bytes checked.

    AskError if the reference names none, IntegrityError if the bytes changed, SerializerError if it may not be read.
    """
    return handle(notebook().resolve(reference), Checkpoint).model
