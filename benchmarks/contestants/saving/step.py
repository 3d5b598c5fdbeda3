"""A step that runs: what Jeyn's stores save into, without a project around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeyn.adapters.folder import FolderBlobStore
from jeyn.model.artefact import REPORT, Origin
from jeyn.model.plan import PlannedOutput
from jeyn.stores.saving import StepSaving, saving_into

_NOWHERE = Origin(commit="", dirty=False, repository="", actor="")


@contextmanager
def running_step(folder: Path) -> Iterator[FolderBlobStore]:
    """Saves go into a blob store in this folder."""
    blobs = FolderBlobStore(folder / "blobs")
    outputs = (PlannedOutput("report", REPORT, report="a-file"),)
    with saving_into(StepSaving("run/step/-", outputs, _NOWHERE, blobs)):
        yield blobs
