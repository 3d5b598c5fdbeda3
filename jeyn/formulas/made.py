"""What a recipe gives: rows that are still to be saved, and what is to be recorded of how they came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jeyn.stores.data import BatchData


@dataclass(frozen=True, slots=True)
class Made:
    """Rows, which may be a stream, and metadata that is complete once they have been read."""

    data: BatchData
    metadata: Callable[[], Mapping[str, Any]] = field(default=dict)
