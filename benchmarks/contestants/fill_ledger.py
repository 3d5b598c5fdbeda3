"""Record so many batches in the project around the working folder."""

from __future__ import annotations

import sys

from jeyn.model.artefact import BATCH, DERIVED_FROM, Artefact, Blob, Entry, Origin, Relationship
from jeyn.model.codec import digest
from jeyn.model.timestamps import now
from jeyn.project import Project

ORIGIN = Origin(commit="4f1b0a6f6c0d2f6e9c7b2f0f6f0d9c1b8a7e6d5c", dirty=False, repository="", actor="bench")
project = Project()
edges: tuple[Relationship, ...] = ()
for number in range(int(sys.argv[1])):
    stream, what = f"dataset-{number % 5}", digest(b"%d" % number)
    artefact = Artefact(BATCH, f"{stream}@1.0.0", what, what, what, (Blob("data.parquet", what, 4096),), {"rows": 100})
    entry = Entry(f"saved/{number}", stream, BATCH, now(), ORIGIN, artefact, edges)
    project.ledger.append(entry)
    edges = (Relationship(DERIVED_FROM, stream, entry.id, what),)
project.close()
