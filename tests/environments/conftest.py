"""The daprd that `jeyn` starts by itself."""

from __future__ import annotations

import pytest
from programs import built
from real_servers import or_skip


@pytest.fixture(scope="session")
def daprd_path() -> str:
    """The path of daprd's program."""
    with or_skip():
        return str(built("daprd"))
