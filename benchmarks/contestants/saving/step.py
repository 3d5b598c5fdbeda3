"""A step that runs: what Jeyn's stores save into, without a project around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeyn.adapters.folder import FolderBlobStore
from jeyn.model.artefact import REPORT
from jeyn.model.plan import PlannedOutput
from jeyn.stores.saved import NOWHERE
from jeyn.stores.saving import StepSaving, saving_into


@contextmanager
def running_step(folder: Path) -> Iterator[FolderBlobStore]:
    """Saves go into a blob store in this folder."""
    blobs = FolderBlobStore(folder / "blobs")
    outputs = (PlannedOutput("report", REPORT, report="a-file"),)
    with saving_into(StepSaving("run/step/-", outputs, NOWHERE, blobs)):
        yield blobs
