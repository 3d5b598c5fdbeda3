"""What a serializer writes depends on the model, not on the process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import jeyn

SCRIPT = Path(__file__).parent / "fitted_models.py"
NAMES = "linear forest columns voting boosting texts sparse sets weights rules".split()
#: Its file holds measured times, its canonical form does not.
MEASURED = "search"


def fitted_in_a_process(folder: Path, seed: str, ballast: str) -> dict[str, str]:
    folder.mkdir()
    root = str(Path(jeyn.__file__).parents[1])
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), ballast], env=environment, capture_output=True, text=True, check=True
    )
    digests: dict[str, str] = json.loads(done.stdout.splitlines()[0])
    return digests


@pytest.fixture(scope="module")
def two_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("processes")
    folders = base / "one", base / "two"
    for folder, seed, ballast in zip(folders, ("1", "4242"), ("0", "100000"), strict=True):
        (base / f"{folder.name}.json").write_text(json.dumps(fitted_in_a_process(folder, seed, ballast)))
    return folders


@pytest.mark.parametrize("name", NAMES)
def test_same_bytes(two_folders: tuple[Path, Path], name: str) -> None:
    one, two = ((folder / name).read_bytes() for folder in two_folders)
    assert hashlib.sha256(one).hexdigest() == hashlib.sha256(two).hexdigest()


def test_same_canonical_digest_of_all(two_folders: tuple[Path, Path]) -> None:
    one, two = (json.loads(folder.with_suffix(".json").read_text()) for folder in two_folders)
    assert one == two
    assert set(one) == {*NAMES, MEASURED}
    assert len(set(one.values())) == len(one)
