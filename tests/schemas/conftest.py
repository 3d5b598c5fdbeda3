"""The published schemas beside the loader: whether the two agree on a document."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The definitions that hypothesis draws, and the documents that are as they never should be.
for folder in ("model", "gen"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: as in gen/, whose mutations are used here")
