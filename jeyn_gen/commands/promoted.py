"""Whether what documents promote is what a ledger holds: the one check that needs more than the repository."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.project import Project as Recorded
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.project import Project


def promotion_findings(project: Project, recorded: Recorded) -> Iterator[Finding]:
    """Of each checkpoint that is promoted and not there, or of other bytes; Unreachable where the ledger is away."""
    documents = {one.key: one for one in project.documents}
    for use_case in project.definitions.use_cases.values():
        document = documents["MLUseCase", use_case.pin]
        for one in use_case.promoted:
            stream, _, number = one.checkpoint.rpartition("#")
            entry = recorded.ledger.streams.read(stream, int(number))
            held = entry.artefact.digest if entry and entry.artefact else ""
            if held == one.digest:
                continue
            key = "digest" if held else "checkpoint"
            why = f"has the digest {held}" if held else "is not there"
            place = document.at("promoted", one.stage, key)
            message = f"{one.checkpoint} {why} in the ledger of {recorded.settings.environment.name}"
            yield made(place.location, "JYN812", message)
