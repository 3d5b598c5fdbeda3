"""Fixing a run to the commit that it works on."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jeyn.local_files import using
from jeyn.model.artefact import Origin
from jeyn.model.plan import Plan
from jeyn.project import Project


@dataclass(frozen=True, slots=True)
class Commit:
    """What a run is fixed to: its origin, what the commit does not hold, and where files and notes of it are.

    `tree` is a file with the git blob ids of what the commit holds, by path; None where an image holds just that.
    """

    origin: Origin
    left_out: tuple[str, ...]
    work_tree: Path
    folder: Path
    tree: Path | None


def fix_commit(project: Project, plan: Plan) -> Commit:
    """The commit of a new run; what it holds is written down in the run's folder."""
    from jeyn.git.repository import Repository

    repository = Repository.find(project.root)
    snapshot = repository.snapshot()
    run = f"{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(4)}"
    origin = Origin(
        commit=snapshot.commit,
        dirty=snapshot.dirty,
        repository=repository.remote(),
        actor=repository.actor(),
        run=run,
        pipeline=plan.name,
    )
    project.prepare_state()
    folder = project.settings.runs / run
    tree = folder / "tree.json"
    blob_ids = json.dumps(repository.blob_ids(snapshot.commit, project.root))
    with using(project.settings.runs):
        folder.mkdir(parents=True)
        tree.write_text(blob_ids, encoding="utf-8")
    return Commit(origin, snapshot.left_out, repository.top, folder, tree)
