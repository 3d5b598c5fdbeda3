"""Cases of changes: folders of documents before and after, laid over one project, and what is said of the change."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from change_projects import Projects, project_of

from jeyn_gen.change.judge import Judgement, judge

#: Set by `python tests/change/accept_changes.py`: what differs from a golden becomes the golden.
ACCEPTED = "JEYN_ACCEPT_GOLDENS"


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    """Starts the base project in a new git repository."""
    return Projects(tmp_path)


@pytest.fixture
def judged() -> Callable[..., Judgement]:
    """Judges the change from one folder to another, without git."""

    def compare(before: Path, after: Path, *, covered: bool = False) -> Judgement:
        return judge(project_of(before).documents, project_of(after), covered=covered)

    return compare


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Compares a text with a file, byte for byte; a file that is not there is a failure, unless it is accepted now."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get(ACCEPTED):
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden {path.name}: see it, then `python tests/change/accept_changes.py`"
        assert text == path.read_bytes().decode()

    return compare
