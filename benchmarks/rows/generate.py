"""Generating classes: all of them anew, and one of 1,000 that has changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from catalogs_elsewhere import catalog_path, catalog_text, catalogs, json_schemas
from harness.bench import WORKING_TREE, Bench
from harness.contest import Contest, Contestant, Opponent
from projects import write

TITLE = "generate"
_MANY = 1000
_OPTIONS = (
    *("--input-file-type", "jsonschema", "--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin"),
    *("--use-annotated", "--field-constraints", "--use-standard-collections", "--use-union-operator"),
)


def contests(bench: Bench) -> Iterator[Contest]:
    for count, rounds in ((100, 7), (_MANY, 7)):
        folder, schemas, out = (bench.work / f"{name}-{count}" for name in ("project", "schemas", "out"))
        write(folder, catalogs(count))
        write(schemas, json_schemas(count))
        module = (sys.executable, "-m", "datamodel_code_generator", "--input", str(schemas), "--output", str(out))
        peer = Contestant(
            "datamodel-code-generator's directory run", (*module, *_OPTIONS), bench.work, before=_without(out)
        )
        jeyn = bench.jeyn("generate", folder=folder)
        anew = _without(folder / "generated", folder / ".jeyn")
        yield Contest(
            title=f"{TITLE} {count:,} catalogs, cold",
            jeyn=Contestant(jeyn.name, jeyn.command, folder, WORKING_TREE, before=anew),
            opponents=(Opponent(peer, 0.8 if count == _MANY else None),),
            rounds=rounds,
            note="whole process; both from nothing, Jeyn with nothing remembered, of the same fields",
        )
    folder = bench.work / f"project-{_MANY}"
    bench.prepare(*bench.jeyn("generate").command, folder=folder)
    yield Contest(
        title=f"{TITLE}: one of {_MANY:,} catalogs has changed",
        jeyn=bench.script("generator/one_change.py", str(folder), before=_change(folder)),
        at_most=0.25,
        rounds=15,
        note="the whole process without what importing datamodel-code-generator takes in one that does only that",
    )
    yield Contest(
        title=f"{TITLE} --check: {_MANY:,} catalogs, nothing has changed",
        jeyn=bench.jeyn("generate", "--check", folder=folder),
        note="whole process",
    )


def _without(*folders: Path) -> Callable[[], None]:
    def remove() -> None:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    return remove


def _change(folder: Path) -> Callable[[], None]:
    """Another bound each time, so that there is always something to generate."""
    bounds = iter(range(1, 1_000_000))
    place = folder / catalog_path(500)
    return lambda: place.write_text(catalog_text(500, least=-next(bounds)), encoding="utf-8") and None
