"""Linting and judging changes, beside buf with equivalent protobuf files."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from catalogs_elsewhere import catalog_path, catalog_text, catalogs, proto_path, proto_text, protobufs
from harness.bench import Bench
from harness.contest import Absent, Contest, Contestant, Opponent
from harness.peers import Peer, peer
from projects import write

from rows.committed import commit_all

TITLE = "beside buf"
_COUNT = 1000
_CHANGED = range(0, _COUNT, 100)


def contests(bench: Bench) -> Iterator[Contest]:
    buf = peer("buf")
    project, protos = bench.work / "project", bench.work / "protos"
    write(project, catalogs(_COUNT))
    write(protos, protobufs(_COUNT))
    jeyn = bench.jeyn("lint", folder=project)
    anew = dataclasses.replace(jeyn, before=lambda: shutil.rmtree(project / ".jeyn", ignore_errors=True))
    for title, contestant in (("", jeyn), (", nothing remembered", anew)):
        yield Contest(
            title=f"lint {_COUNT:,} catalogs{title}",
            jeyn=contestant,
            opponents=(Opponent(_buf(buf, protos, "lint"), 1.0),),
            note="whole process; the same fields",
        )
    for folder in (project, protos):
        commit_all(folder)
    write(project, {catalog_path(one): catalog_text(one, version="2.0.0", least=0) for one in _CHANGED})
    write(protos, {proto_path(one): proto_text(one, kind="double") + _comment(one) for one in _CHANGED})
    yield Contest(
        title=f"breaking: {len(_CHANGED)} of {_COUNT:,} catalogs have changed",
        jeyn=bench.jeyn("breaking", "--against", "HEAD", folder=project),
        opponents=(Opponent(_buf(buf, protos, "breaking", "--against", ".git"), 0.5),),
        note="whole process, against the last commit; nothing to be found in either",
    )


def _buf(buf: Peer | Absent, folder: Path, *words: str) -> Contestant | Absent:
    if isinstance(buf, Absent):
        return buf
    return Contestant(buf.name, (buf.program("buf"), *words), folder, _cache(folder))


def _cache(folder: Path) -> Mapping[str, str]:
    return {"BUF_CACHE_DIR": str(folder.parent / "buf-cache")}


def _comment(number: int) -> str:
    return f"\n// Set {number}, in other words.\n"
