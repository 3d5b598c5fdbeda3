"""The documents are sound, and generated/ is what they give."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("command", ["lint", "generate --check"])
def test_the_documents(command: str) -> None:
    words = [sys.executable, "-m", "jeyn", *command.split()]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
