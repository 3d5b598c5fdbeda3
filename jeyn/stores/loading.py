"""From a recorded entry to the handle that a person holds."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import ConfigDict

from jeyn.errors import AskError
from jeyn.model.artefact import BATCH, CHECKPOINT, Placed
from jeyn.model.codec import decode, definition_digest
from jeyn.model.definitions import DataCatalog
from jeyn.ports.blobs import BlobStore
from jeyn.stores import classes
from jeyn.stores.batch import Batch, Columns
from jeyn.stores.row import Row
from jeyn.stores.saved import Checkpoint, Report, Saved
from jeyn.stores.saving import notebook

SavedT = TypeVar("SavedT", bound=Saved)


class RecordedRow(Row):
    """A row of a catalog that this project's files do not define as it was recorded."""

    model_config = ConfigDict(extra="allow", strict=False)


def load(placed: Placed, blobs: BlobStore) -> Saved:
    """The handle of a recorded artefact, its bytes checked: IntegrityError if they were changed."""
    kind: type[Saved] = Report
    if placed.entry.kind == BATCH:
        kind = _batch_type(placed, blobs)
    elif placed.entry.kind == CHECKPOINT:
        kind = Checkpoint
    saved = kind(placed.entry, placed.number, blobs)
    saved.verify()
    return saved


def handle(placed: Placed, kind: type[SavedT]) -> SavedT:
    """The handle of a recorded artefact that must be of one kind; AskError otherwise."""
    saved = load(placed, notebook().blobs)
    if not isinstance(saved, kind):
        raise AskError(f"{placed} is a {placed.entry.kind}", "load it from the store of its kind, or with jeyn.load")
    return saved


def _batch_type(placed: Placed, blobs: BlobStore) -> type[Batch[Any, Any]]:
    """The generated class of the batch's catalog, if it means what it meant then; else one made from the record."""
    assert placed.entry.artefact is not None, "a batch has an artefact"
    whole = json.loads(blobs.fetch(placed.entry.artefact.definition_blob).read_bytes())
    catalog: DataCatalog = decode(whole["catalogs"][0])
    try:
        own = classes.batch_type(catalog.pin)
    except AskError:
        own = None
    if own is not None and definition_digest(own.catalog, {}) == definition_digest(catalog, {}):
        return own
    row = type("Row", (RecordedRow,), {})
    return type("RecordedBatch", (Batch,), {"catalog": catalog, "row_type": row, "columns_type": Columns})
