"""The project around the working folder, for notebooks and scripts: opened once, when it is first needed."""

from __future__ import annotations

from pathlib import Path

from jeyn.parts import opening
from jeyn.project import Project
from jeyn.stores import loading, saving
from jeyn.stores.saved import Saved

_opened: dict[Path, Project] = {}


def project_of(folder: Path) -> Project:
    """The project around a folder, importable, one for all threads; AskError where there is none."""
    with opening:
        if folder not in _opened:
            project = Project(folder)
            project.make_importable()
            _opened[folder] = project
        return _opened[folder]


def here() -> Project:
    """The project around the working folder."""
    return project_of(Path.cwd())


def load(reference: str) -> Saved:
    """A recorded artefact by reference, its bytes checked.

    A batch gives arrays, frames and rows, a checkpoint its `model`, a report its files. AskError if nothing is
    recorded so, IntegrityError if its bytes were changed.
    """
    project = here()
    return loading.load(project.resolve(reference), project.ledger.blobs)


def _notebook() -> saving.NotebookSaving:
    project = here()
    return saving.NotebookSaving(project.ledger, project.origin, project.resolve, project.tell_events)


saving.open_notebook[:] = [_notebook]
