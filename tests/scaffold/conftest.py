"""`jeyn init` as a function, and what it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from jeyn.cli.main import main
from jeyn_gen.scaffold.files import scaffold


@dataclass(frozen=True)
class Init:
    """What `jeyn init` printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def init(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Init]:
    """Runs `jeyn -C TMP_PATH init WORD…` in this process."""

    def run(*words: str) -> Init:
        capsys.readouterr()
        code = main(["-C", str(tmp_path), "init", *words])
        printed = capsys.readouterr()
        return Init(code, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def on_github() -> Mapping[str, str]:
    """The text files of a scaffold for GitHub, by path."""
    return {path: content.decode() for path, content in scaffold("churn", "github").items()}


@pytest.fixture(scope="session")
def on_gitlab() -> Mapping[str, str]:
    """The text files of a scaffold for GitLab, by path."""
    return {path: content.decode() for path, content in scaffold("churn", "gitlab").items()}
