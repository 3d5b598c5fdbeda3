"""Importing what is generated."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench import Bench
from harness.contest import Contest

TITLE = "import a generated module"


def contests(bench: Bench) -> Iterator[Contest]:
    yield Contest(
        title=f"{TITLE}, the slowest of the example's",
        jeyn=bench.script("emitted/importing.py"),
        at_most=0.003,
        note="what the module takes itself: pydantic and all else that it imports is there already",
    )
