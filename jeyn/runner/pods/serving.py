"""The pod that runs after each sync: it records which commit an environment serves, and what that promotes."""

from __future__ import annotations

from collections.abc import Mapping

from jeyn.ledger.newest import newest
from jeyn.model.artefact import LIVE, LIVE_STREAM, Entry, Origin, Placed
from jeyn.model.handing import Handed
from jeyn.model.references import Recorded, parse_reference
from jeyn.model.timestamps import now
from jeyn.project import Project
from jeyn.runner.pods.milestones import Milestones


def record_live(project: Project, origin: Origin, promoted: Mapping[str, Handed]) -> Placed | None:
    """Record it; None where the newest of this environment says the same already.

    `promoted` is what `NAME@MAJOR#STAGE` means in the commit. Only what is of the environment's stage is served.
    """
    environment = project.settings.environment
    served = {source: str(target) for source, target in promoted.items() if _stage(source) == environment.stage}
    details = {"environment": environment.name, "stage": environment.stage, "promoted": served}
    last = newest(project.ledger.streams, LIVE_STREAM, lambda one: one.details["environment"] == environment.name)
    if last is not None and (last.entry.origin.commit, last.entry.details) == (origin.commit, details):
        return None
    entry = Entry(f"{origin.run}/{LIVE}", LIVE_STREAM, LIVE, now(), origin, details=details)
    return Milestones(project.ledger, origin).keep(LIVE, entry)


def _stage(source: str) -> str:
    parsed = parse_reference(source)
    return parsed.which if isinstance(parsed, Recorded) else ""
