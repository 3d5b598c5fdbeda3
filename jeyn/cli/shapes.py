"""Recorded things as the JSON that the command line promises."""

from __future__ import annotations

from typing import Any

from jeyn.ledger.index import ReadIndex
from jeyn.model.artefact import Entry, Placed


def artefact_json(placed: Placed, index: ReadIndex) -> dict[str, Any]:
    """The shape `jeyn.artefact/1`."""
    return {**artefact_summary(placed), "relationships": _relationships(placed, index)}


def _relationships(placed: Placed, index: ReadIndex) -> list[dict[str, Any]]:
    return [
        {"type": edge.type, "target": reference(index, edge.entry, edge.stream), "digest": edge.digest}
        for edge in placed.entry.relationships
    ]


def artefact_summary(placed: Placed) -> dict[str, Any]:
    """The shape `jeyn.artefact/1` without its relationships, which take looking up."""
    entry, artefact = placed.entry, placed.entry.artefact
    assert artefact is not None, "only artefacts are shown"
    return {
        "schema": "jeyn.artefact/1",
        "ref": str(placed),
        "kind": entry.kind,
        "definition": artefact.definition,
        "digest": artefact.digest,
        "blobs": [{"name": blob.name, "digest": blob.digest, "bytes": blob.bytes} for blob in artefact.blobs],
        **_origin(entry),
        "metadata": dict(artefact.metadata),
    }


def run_entry_json(placed: Placed) -> dict[str, Any]:
    """The shape `jeyn.run_entry/1`: what is recorded of a run itself, in the stream of its pipeline."""
    entry = placed.entry
    head = {"schema": "jeyn.run_entry/1", "ref": str(placed), "kind": entry.kind}
    return {**head, **_origin(entry), "details": dict(entry.details)}


def _origin(entry: Entry) -> dict[str, Any]:
    origin = entry.origin
    return {
        "commit": origin.commit,
        "dirty": origin.dirty,
        "repository": origin.repository,
        "run": origin.run,
        "pipeline": origin.pipeline,
        "step": origin.step,
        "item": origin.item,
        "image": origin.image,
        "actor": origin.actor,
        "created": entry.created,
    }


def reference(index: ReadIndex, entry_id: str, stream: str) -> str:
    """`NAME#N` of an entry; `NAME#?` where this ledger does not hold it."""
    found = index.by_id(entry_id)
    return str(found) if found else f"{stream}#?"


def size(amount: int) -> str:
    """Bytes in words."""
    number = float(amount)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"
