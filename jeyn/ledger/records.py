"""Entries and step records as bytes, sealed so that any changed byte is noticed.

A value is one line `jeyn/1 sha256:…` followed by canonical JSON; the digest covers the key and the JSON, so a value
under another key is noticed too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from jeyn.errors import IntegrityError
from jeyn.ledger.layout import FORMAT
from jeyn.model.artefact import (
    Artefact,
    Blob,
    Entry,
    Origin,
    Relationship,
    StepInput,
    StepRecord,
    Unplaced,
)


def seal(key: str, body: Mapping[str, Any]) -> bytes:
    """The bytes to write under `key`."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    return f"{FORMAT} {_seal_of(key, text)}\n".encode() + text


def unseal(key: str, value: bytes) -> dict[str, Any]:
    """The JSON under a seal; IntegrityError if it is broken or of a format that this version does not know."""
    head, _, text = value.partition(b"\n")
    if head != f"{FORMAT} {_seal_of(key, text)}".encode():
        known = head.startswith(f"{FORMAT} ".encode()) or not head.startswith(b"jeyn/")
        why = "its bytes are not those that were written" if known else "a newer Jeyn wrote it"
        raise IntegrityError(
            f"the ledger's value at {key} cannot be trusted: {why}", "run `jeyn verify` for all of them"
        )
    body: dict[str, Any] = json.loads(text)
    return body


def seal_entry(key: str, entry: Entry) -> bytes:
    """An entry's bytes under `key`."""
    return seal(key, _entry_body(entry))


def unseal_entry(key: str, value: bytes) -> Entry:
    """The entry in the bytes under `key`."""
    return _entry(unseal(key, value))


def seal_step(key: str, record: StepRecord) -> bytes:
    """A step record's bytes under `key`."""
    body = _flat(record)
    body["origin"] = _flat(record.origin)
    body["inputs"] = {name: _flat(read) for name, read in record.inputs.items()}
    body["entries"] = [{"output": x.output, "head": x.head, "entry": _entry_body(x.entry)} for x in record.entries]
    return seal(key, {"schema": "jeyn.step/1", **body})


def unseal_step(key: str, value: bytes) -> StepRecord:
    """The step record in the bytes under `key`."""
    body = unseal(key, value)
    del body["schema"]
    body["origin"] = Origin(**body["origin"])
    body["inputs"] = {name: StepInput(**read) for name, read in body["inputs"].items()}
    body["entries"] = tuple(Unplaced(x["output"], x["head"], _entry(x["entry"])) for x in body["entries"])
    return StepRecord(**body)


def _seal_of(key: str, text: bytes) -> str:
    return f"sha256:{hashlib.sha256(key.encode() + bytes([10]) + text).hexdigest()}"


def _flat(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__match_args__}


def _entry_body(entry: Entry) -> dict[str, Any]:
    body = _flat(entry)
    body["origin"] = _flat(entry.origin)
    body["relationships"] = [_flat(relationship) for relationship in entry.relationships]
    if entry.artefact is not None:
        body["artefact"] = {**_flat(entry.artefact), "blobs": [_flat(blob) for blob in entry.artefact.blobs]}
    return {"schema": "jeyn.entry/1", **body}


def _entry(body: dict[str, Any]) -> Entry:
    del body["schema"]
    artefact = body["artefact"]
    if artefact is not None:
        artefact["blobs"] = tuple(Blob(**blob) for blob in artefact["blobs"])
        body["artefact"] = Artefact(**artefact)
    body["origin"] = Origin(**body["origin"])
    body["relationships"] = tuple(Relationship(**relationship) for relationship in body["relationships"])
    return Entry(**body)
