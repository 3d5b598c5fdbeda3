"""What a `save` saves into: a step that collects drafts, or a notebook that records at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from jeyn.errors import AskError, StepError
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import BATCH, CHECKPOINT, Artefact, Entry, Origin, Placed, Relationship
from jeyn.model.names import Pin
from jeyn.model.plan import PlannedOutput
from jeyn.model.timestamps import now
from jeyn.ports.blobs import BlobStore
from jeyn.stores import definitions
from jeyn.stores.guarded_blobs import GuardedBlobs
from jeyn.stores.secrecy import Secrecy
from jeyn.stores.targets import Target, batch_target, checkpoint_target, report_target, target


class Saving(Protocol):
    """The place that the stores save into."""

    @property
    def blobs(self) -> BlobStore:
        """Where bytes are."""
        ...

    def target(self, kind: str, output: str, definition: str) -> Target:
        """Where an artefact of this kind goes; StepError or AskError if that is not clear."""
        ...

    def blobs_of(self, target: Target) -> BlobStore:
        """Where the bytes of an artefact go that is on its way to a target."""
        ...

    def keep(self, target: Target, artefact: Artefact, edges: Iterable[Relationship]) -> tuple[Entry, int | None]:
        """Take a saved artefact: its entry, and its number unless it is a draft."""
        ...


# The step that this process runs: one at a time, whatever threads its function starts.
_step: list[StepSaving] = []
#: Opens the project around the working folder, for code outside any step. Set where projects are opened.
open_notebook: list[Callable[[], NotebookSaving]] = []


def into() -> Saving:
    """Where to save: the step that this process runs, else the project around the working folder (AskError if none)."""
    return _step[-1] if _step else notebook()


@contextmanager
def saving_into(step: StepSaving) -> Iterator[None]:
    """Within this block, everything is saved into a step."""
    _step.append(step)
    try:
        yield
    finally:
        _step.pop()


def notebook() -> NotebookSaving:
    """The record to load from; StepError within a step, whose inputs are declared instead."""
    if _step:
        raise StepError("a step does not load by reference", "declare it among the step's `inputs:`")
    if not open_notebook:
        raise AskError("there is no project to save into", "import jeyn, in a folder of the project")
    return open_notebook[0]()


class StepSaving:
    """Collects the drafts of one step: the last draft of each output that was saved."""

    def __init__(
        self,
        prefix: str,
        outputs: Sequence[PlannedOutput],
        origin: Origin,
        blobs: BlobStore,
        secrecy: Secrecy | None = None,
    ) -> None:
        """`prefix` is `RUN/STEP/ITEM`, with which the entry ids of this step begin."""
        self.prefix = prefix
        self._secrecy = secrecy
        self._outputs = outputs
        self._origin = origin
        self._blobs = blobs

    @property
    def blobs(self) -> BlobStore:
        return self._blobs

    def blobs_of(self, target: Target) -> BlobStore:
        """StepError, from the store, for bytes that hold a secret of the step."""
        if self._secrecy is None or not self._secrecy.forms:
            return self._blobs
        return GuardedBlobs(self._blobs, self._secrecy, target.output)

    def target(self, kind: str, output: str, definition: str) -> Target:
        fitting = [
            one
            for one in self._outputs
            if one.kind == kind and output in ("", one.name) and definition in ("", str(one.definition or one.report))
        ]
        if len(fitting) == 1:
            return target(fitting[0])
        names = ", ".join(repr(one.name) for one in self._outputs if one.kind == kind)
        if not names:
            raise StepError(f"this step has no output that is a {kind}", "add it to the step's `outputs:`")
        if fitting:
            raise StepError(f"this step has several outputs that are a {kind}", f"give output=, one of {names}")
        asked = repr(output or definition)
        raise StepError(f"this step has no {kind} output {asked}", f"it has {names}")

    def keep(self, target: Target, artefact: Artefact, edges: Iterable[Relationship]) -> tuple[Entry, int | None]:
        entry_id = f"{self.prefix}/{target.output}"
        return Entry(entry_id, target.stream, target.kind, now(), self._origin, artefact, tuple(edges)), None


class NotebookSaving:
    """Records each artefact at once, outside any run."""

    def __init__(
        self,
        ledger: Ledger,
        origin: Callable[[], Origin],
        resolve: Callable[[str], Placed],
        tell: Callable[[Iterable[Placed]], object],
    ) -> None:
        """`origin` tells where an artefact that is saved now comes from, `resolve` finds what is recorded.

        `tell` hears of what was recorded.
        """
        self._ledger = ledger
        self._origin = origin
        self._tell = tell
        self.resolve = resolve

    @property
    def blobs(self) -> BlobStore:
        return self._ledger.blobs

    def blobs_of(self, target: Target) -> BlobStore:  # noqa: ARG002  # outside a step nothing is watched for
        return self._ledger.blobs

    def target(self, kind: str, output: str, definition: str) -> Target:
        if not definition:
            raise AskError("outside a step, `save` must be told what it saves", 'give definition="NAME@MAJOR"')
        if kind not in (BATCH, CHECKPOINT):
            taken = definitions.owner(definition)
            if taken:
                raise AskError(
                    f"the {taken} has the name {definition!r}, so no report can", "give the report a name of its own"
                )
            return report_target(output, definition)
        try:
            pin = Pin.parse(definition)
        except ValueError:
            raise AskError(f"{definition!r} is no definition", "write NAME@MAJOR") from None
        return batch_target(output, pin) if kind == BATCH else checkpoint_target(output, pin)

    def keep(self, target: Target, artefact: Artefact, edges: Iterable[Relationship]) -> tuple[Entry, int | None]:
        entry_id = f"saved/{uuid.uuid4().hex}"
        entry = Entry(entry_id, target.stream, target.kind, now(), self._origin(), artefact, tuple(edges))
        placed = self._ledger.append(entry)
        self._tell([placed])
        return placed.entry, placed.number
