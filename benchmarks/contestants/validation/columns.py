"""The columns to validate, the same for all: 10,000,000 rows, NumPy alone; every row keeps every rule."""

from __future__ import annotations

from typing import Any

import numpy as np

ROWS = 10_000_000
WORDS = ["amber", "green", "off", "red", "unknown"]
CODES = [0, 1, 2, 5]


def columns() -> dict[str, Any]:
    """Numbers by name; `status` as places in WORDS; `signal` with its nulls in `signal_is_null`."""
    random = np.random.default_rng(20300131)
    return {
        "count": random.integers(0, 1000, ROWS, dtype=np.int32),
        "level": random.random(ROWS),
        "status": random.integers(0, len(WORDS), ROWS, dtype=np.int32),
        "signal": random.random(ROWS, dtype=np.float32),
        "signal_is_null": random.random(ROWS) < 0.05,
        "code": np.array(CODES, np.int8)[random.integers(0, len(CODES), ROWS)],
    }
