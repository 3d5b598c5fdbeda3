"""What a `files` formula would read now: the objects that no batch of its own line holds yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jeyn.errors import AskError
from jeyn.formulas.listing import ListedObject, list_objects, new_objects
from jeyn.ledger.streams import Streams
from jeyn.model.artefact import BATCH, Entry, Placed
from jeyn.model.definitions import FilesRecipe
from jeyn.model.names import Pin, definition_line


@dataclass(frozen=True, slots=True)
class Unread:
    """The objects to read; the newest batch of the formula's line, None where it has none yet; the stream's head."""

    objects: tuple[ListedObject, ...]
    newest: Placed | None
    head: int


def unread(streams: Streams, formula: Pin, recipe: FilesRecipe, root: Path) -> Unread:
    """What is new at this moment; AskError where there is neither an object nor a batch.

    A new major reads every object anew: batches of another line have other features.
    """
    listed = list_objects(recipe.url, root)
    head, batches = 0, []
    for placed in streams.follow(formula.name, after=0):
        head = placed.number
        if _is_batch_of(formula, placed.entry):
            batches.append(placed)
    new = new_objects(listed, [placed.entry for placed in batches], root)
    if not new and not batches:
        raise AskError(f"{formula} has no batch yet, and no object is at {recipe.url}", "add a file there")
    return Unread(tuple(new), batches[-1] if batches else None, head)


def is_still_unread(streams: Streams, formula: Pin, found: Unread, root: Path) -> bool:
    """Whether none of the objects has since been recorded as read by somebody else."""
    since = [placed.entry for placed in streams.follow(formula.name, after=found.head)]
    return _all_new(found.objects, [entry for entry in since if _is_batch_of(formula, entry)], root)


def _all_new(objects: Sequence[ListedObject], batches: Sequence[Entry], root: Path) -> bool:
    return not batches or len(new_objects(objects, batches, root)) == len(objects)


def _is_batch_of(formula: Pin, entry: Entry) -> bool:
    """Whether an entry of the formula's stream is a batch of its line, and not one that was made of no object."""
    artefact = entry.artefact
    return (
        entry.kind == BATCH
        and artefact is not None
        and definition_line(artefact.definition) == formula.line
        and artefact.metadata.get("objects") != []
    )
