"""Projects of documents in folders, the commands that read them, and complete expected texts (goldens)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from jeyn.cli.main import main

ROOT = Path(__file__).parents[2]
#: Set by `python tests/gen/accept.py`: what differs from a golden becomes the golden.
ACCEPTED = "JEYN_ACCEPT_GOLDENS"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: half a minute and more; `-m 'not slow'` leaves it out")


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Jeyn = Callable[..., Ran]
Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def jeyn(capsys: pytest.CaptureFixture[str]) -> Jeyn:
    """Runs `jeyn -C FOLDER WORD…` in this process."""

    def run(folder: Path, *words: str) -> Ran:
        capsys.readouterr()
        code = main(["-C", str(folder), *words])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a project of these files, by path."""

    def project(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "project"
        for path, text in {"pyproject.toml": '[tool.jeyn]\nproject = "tried"\n', **files}.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return project


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the worked example: its documents, functions and generated code."""
    root = tmp_path / "example"
    for folder in ("catalogs", "pipelines", "generated"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Compares a text with a file, byte for byte; a file that is not there is a failure, unless it is accepted now."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get(ACCEPTED):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden {path.relative_to(ROOT)}: see it, then `python tests/gen/accept.py`"
        assert text == path.read_bytes().decode()

    return compare
