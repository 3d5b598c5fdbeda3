"""The contracts on imports hold for a module that nobody has listed in them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("place", "module", "contract"),
    [
        ("jeyn/newcomer.py", "", "the SDK points one way"),
        ("jeyn/newcomer.py", "jeyn_gen.load", "the SDK does not know the generator"),
        ("jeyn/inspection/newcomer.py", "jeyn_gen.load", "the SDK does not know the generator"),
        ("jeyn/inspection/newcomer.py", "git", "jeyn.git is the only user of GitPython"),
        ("jeyn/inspection/newcomer.py", "jeyn.adapters.sqlite", "adapters are chosen in one place"),
        ("jeyn/inspection/newcomer.py", "grpc", "only jeyn.adapters.dapr speaks to Dapr"),
        ("jeyn/adapters/newcomer.py", "dapr", "only jeyn.adapters.dapr speaks to Dapr"),
        ("jeyn_gen/publish/newcomer.py", "obstore", "only jeyn.adapters speaks to object stores"),
    ],
)
def test_a_new_module_is_covered(repository: Path, tmp_path: Path, place: str, module: str, contract: str) -> None:
    shutil.copy(repository / "pyproject.toml", tmp_path)
    for package in ("jeyn", "jeyn_gen"):
        shutil.copytree(repository / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / place).write_text(f"import {module}\n" if module else "")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    told = " ".join(done.stdout.partition("Contracts:")[0].split())
    (broken,) = [one for one in told.split(" BROKEN")[:-1] if contract in one] or [told]
    assert contract in broken.rpartition(" KEPT")[2]
