"""Linting a project of 1,000 documents that is in order."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest, Opponent
from projects import areas, write

DOCUMENTS = 1000
TITLE = f"lint {DOCUMENTS:,} documents"


def contests(bench: Bench) -> Iterator[Contest]:
    folder = bench.work / "project"
    write(folder, areas(DOCUMENTS))
    jeyn = bench.jeyn("lint", "--strict", folder=folder)
    anew = dataclasses.replace(jeyn, before=lambda: shutil.rmtree(folder / ".jeyn", ignore_errors=True))
    floor = bench.script("parse_yaml.py", name="libyaml's events alone", whole=True)
    what = "350 catalogs, 400 formulas, 100 use cases, 150 pipelines, and the 350 functions they name"
    for title, contestant, note in (
        (TITLE, jeyn, f"whole process; {what}"),
        (f"{TITLE}, nothing remembered", anew, "whole process; the same, as in a fresh clone"),
    ):
        yield Contest(
            title=title,
            jeyn=contestant,
            opponents=(Opponent(dataclasses.replace(floor, folder=folder)),),
            at_most=0.7,
            note=note,
        )
