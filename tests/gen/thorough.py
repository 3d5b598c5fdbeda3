"""How much the properties try: little on every run, a lot where somebody asks for it."""

from __future__ import annotations

import os

#: Set to anything, it asks for thousands of examples.
THOROUGH = "JEYN_THOROUGH"


def many(quick: int, thorough: int) -> int:
    """How many examples to try."""
    return thorough if os.environ.get(THOROUGH) else quick
