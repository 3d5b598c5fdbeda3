"""Generated modules are as clean as code written by hand: formatted, sorted, documented, and light to import."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVERYTHING = Path(__file__).parent / "everything"
#: E501: texts of people are as long as they are. D301: so that a backslash in a docstring is escaped, not raw.
RULES = ["--select", "E,W,F,I,UP,B,C4,D1,D2,D3,D4,PIE,Q,RET,SIM,RUF1", "--ignore", "E501,D203,D213,D205,D400,D415,D301"]


def ruff(folder: Path, *words: str) -> str:
    """What ruff has to say of `generated/` in a project that is not this repository, where `jeyn` is installed."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *words, "--isolated", "--no-cache", "--target-version", "py311", "--line-length", "88", "generated"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


def check_clean(folder: Path) -> None:
    assert ruff(folder, "format", "--diff") == ""
    assert ruff(folder, "check", *RULES) == ""


@pytest.mark.parametrize(
    ("generated", "sources"),
    [(EVERYTHING / "expected/generated", EVERYTHING / "functions"), (ROOT / "generated", ROOT / "pipelines")],
    ids=["everything", "example"],
)
def test_generated_modules_are_formatted_and_lint(generated: Path, sources: Path, tmp_path: Path) -> None:
    for folder in (generated, sources):  # the sources tell ruff which imports are the project's own
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    check_clean(tmp_path)
