"""Uploading a file of 1 GiB to an S3 server on loopback."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from harness.bench import Bench, settle
from harness.contest import Contest, Contestant, Opponent, Skipped

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "servers"))

from processes import Unavailable
from versity import VersityGateway

TITLE = "upload a file of 1 GiB"
_BUCKET = "bench"


def contests(bench: Bench) -> Iterator[Contest]:
    if importlib.util.find_spec("obstore") is None:
        raise Skipped("obstore is not installed: pip install 'jeyn[objects]'")
    try:
        gateway = VersityGateway(bench.work)
    except Unavailable as error:
        raise Skipped(str(error)) from None
    source, cache = bench.work / "source.bin", bench.work / "cache"
    _fill(source)
    with gateway:
        bucket = gateway.file(gateway.create_bucket(_BUCKET), "")
        attributes = bench.work / "attributes" / _BUCKET  # what the gateway knows of the bucket's objects

        def uploading(script: str, *arguments: str, name: str = "Jeyn") -> Contestant:
            before = _emptied(bucket, attributes, cache)
            one = bench.script(f"upload/{script}", str(source), *arguments, name=name, before=before, whole=True)
            return replace(one, environment={**one.environment, **gateway.client_environment})

        yield Contest(
            title=TITLE,
            jeyn=uploading("with_jeyn.py", f"s3://{_BUCKET}/blobs", str(cache)),
            opponents=(
                Opponent(uploading("with_obstore.py", f"s3://{_BUCKET}/alone", name="obstore.put alone"), at_most=1.3),
            ),
            rounds=3,
            note="whole process, the file in the page cache, versitygw on the same machine; Jeyn: `adopt`, as a"
            " file is saved: SHA-256, upload, the file kept as the local copy for the step that follows",
        )


def _emptied(*folders: Path) -> Callable[[], None]:
    def empty() -> None:
        for held in (held for folder in folders if folder.exists() for held in folder.iterdir()):
            shutil.rmtree(held)
        settle()

    return empty


def _fill(path: Path) -> None:
    random = Random(20300131)
    with path.open("wb") as file:
        for _ in range(64):
            file.write(random.randbytes(16 << 20))
