"""Saving a file of 1 GiB."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from harness.bench import Bench, settle
from harness.contest import Absent, Contest, Contestant, Opponent
from harness.peers import peer

from rows.saving import ROUNDS, emptied, floors

TITLE = "save a file of 1 GiB"


def contests(bench: Bench) -> Iterator[Contest]:
    source, out = bench.work / "source.bin", bench.work / "jeyn"
    _fill(source)
    yield Contest(
        title=TITLE,
        jeyn=bench.script("saving/file_with_jeyn.py", str(source), str(out), before=emptied(out), whole=True),
        opponents=(
            Opponent(_dvc(bench, source), at_most=1),
            *floors(bench, "saving/file_alone.py", str(source), whole=True),
        ),
        rounds=ROUNDS,
        note="whole process, the file in the page cache; Jeyn: `artefact_store.save(path)`, SHA-256, fsync; dvc: `dvc"
        " add`, MD5, no fsync",
    )


def _fill(path: Path) -> None:
    random = Random(20300131)
    with path.open("wb") as file:
        for _ in range(64):
            file.write(random.randbytes(16 << 20))


def _dvc(bench: Bench, source: Path) -> Contestant | Absent:
    found = peer("dvc")
    if isinstance(found, Absent):
        return found
    folder = bench.work / "dvc"
    folder.mkdir()
    for command in (
        ("git", "init", "--quiet"),
        (found.program("dvc"), "init", "--quiet"),
        (found.program("dvc"), "config", "core.analytics", "false"),
        (found.program("dvc"), "config", "core.check_update", "false"),
        (found.program("dvc"), "config", "core.site_cache_dir", str(bench.work / "dvc-site")),
    ):
        bench.prepare(*command, folder=folder)
    return Contestant(found.name, (found.program("dvc"), "add", "data.bin"), folder, before=_anew(folder, source))


def _anew(folder: Path, source: Path) -> Callable[[], None]:
    def begin_anew() -> None:
        shutil.rmtree(folder / ".dvc" / "cache", ignore_errors=True)
        shutil.rmtree(folder / ".dvc" / "tmp", ignore_errors=True)
        for name in ("data.bin", "data.bin.dvc"):
            (folder / name).unlink(missing_ok=True)
        shutil.copyfile(source, folder / "data.bin")
        settle()

    return begin_anew
