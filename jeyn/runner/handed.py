"""What pods hand each other: references with digests, in the text that Argo passes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from jeyn.errors import AskError, IntegrityError
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import StepInput
from jeyn.model.references import ENTRY

_HANDED = re.compile(r"(\S+#\d+) (sha256:[0-9a-f]{64})", re.ASCII)


def handed(given: StepInput) -> str:
    """`NAME#NUMBER sha256:DIGEST`."""
    return f"{given.reference} {given.digest}"


def read_inputs(text: str, ledger: Ledger) -> dict[str, tuple[StepInput, ...]]:
    """What a step is handed, by what it is of: `{"STEP.OUTPUT": "NAME#1 sha256:…"}`, or a list of them for its items.

    AskError for what is no such object, IntegrityError where the ledger holds something else.
    """
    try:
        found = json.loads(text)
    except ValueError:
        raise AskError(f"--inputs is no JSON: {text[:200]!r}", "it is what the manifest composes") from None
    if not isinstance(found, dict):
        raise AskError(f"--inputs is no JSON object: {text[:200]!r}", "it is what the manifest composes")
    return {
        source: tuple(_read(str(one), ledger) for one in (given if isinstance(given, list) else [given]))
        for source, given in found.items()
    }


def read_promoted(texts: Iterable[str], ledger: Ledger) -> Mapping[str, StepInput]:
    """What `--promoted NAME@MAJOR#STAGE=NAME#1 sha256:…` fix, by reference. Raises as `read_inputs`."""
    pairs = (text.partition("=") for text in texts)
    return {source: _read(given, ledger) for source, _, given in pairs}


def _read(text: str, ledger: Ledger) -> StepInput:
    match = _HANDED.fullmatch(text)
    place = ENTRY.fullmatch(match[1]) if match else None
    if match is None or place is None:
        raise AskError(f"{text[:200]!r} is no reference with a digest", "it is what an earlier step gave")
    stream, number = place["name"], int(place["which"])
    entry = ledger.streams.read(stream, number)
    if entry is None or entry.artefact is None or entry.artefact.digest != match[2]:
        raise IntegrityError(f"{match[1]} is not what this run was given", "run `jeyn verify`")
    return StepInput(match[1], stream, entry.id, match[2])
