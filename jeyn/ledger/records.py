"""Entries and step records as bytes, sealed so that any changed byte is noticed.

A value is one line `jeyn/1 sha256:…` followed by canonical JSON; the digest covers the key and the JSON, so a value
under another key is noticed too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
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

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def seal(key: str, body: Mapping[str, Any]) -> bytes:
    """The bytes to write under `key`."""
    return seal_text(key, _JSON.encode(body))


def seal_text(key: str, text: str) -> bytes:
    """The bytes to write under `key`, of a body that is encoded already."""
    encoded = text.encode()
    return f"{FORMAT} {_seal_of(key, encoded)}\n".encode() + encoded


def unseal(key: str, value: bytes) -> dict[str, Any]:
    """The JSON under a seal; IntegrityError as `check_seal`."""
    check_seal(key, value)
    body: dict[str, Any] = json.loads(text_of(value))
    return body


def text_of(value: bytes) -> str:
    """The JSON of a value whose seal is whole."""
    return value[value.index(b"\n") + 1 :].decode()


def check_seal(key: str, value: bytes) -> None:
    """IntegrityError if the seal is broken, or of a format that this version does not know."""
    head, _, text = value.partition(b"\n")
    if head != f"{FORMAT} {_seal_of(key, text)}".encode():
        known = head.startswith(f"{FORMAT} ".encode()) or not head.startswith(b"jeyn/")
        why = "its bytes are not those that were written" if known else "a newer Jeyn wrote it"
        raise IntegrityError(
            f"the ledger's value at {key} cannot be trusted: {why}", "run `jeyn verify` for all of them"
        )


def entry_text(entry: Entry) -> str:
    """An entry encoded: what is sealed under its key, and stands in the record of its step."""
    return _JSON.encode(_entry_body(entry))


def seal_entry(key: str, entry: Entry) -> bytes:
    """An entry's bytes under `key`."""
    return seal_text(key, entry_text(entry))


def unseal_entry(key: str, value: bytes) -> Entry:
    """The entry in the bytes under `key`."""
    return _entry(unseal(key, value))


def seal_step(key: str, record: StepRecord, texts: Sequence[str] = ()) -> bytes:
    """A step record's bytes under `key`; `texts` are its entries, encoded, where that was done already."""
    texts = texts or [entry_text(unplaced.entry) for unplaced in record.entries]
    body = _flat(record)
    body["origin"] = _flat(record.origin)
    body["inputs"] = {name: _flat(read) for name, read in record.inputs.items()}
    body["schema"] = "jeyn.step/1"
    parts = {name: _JSON.encode(value) for name, value in body.items() if name != "entries"}
    entries = (
        f'{{"entry":{text},"head":{unplaced.head},"output":{_JSON.encode(unplaced.output)}}}'
        for text, unplaced in zip(texts, record.entries, strict=True)
    )
    parts["entries"] = f"[{','.join(entries)}]"
    body_text = ",".join(f'"{name}":{part}' for name, part in sorted(parts.items()))
    return seal_text(key, f"{{{body_text}}}")


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
