"""Moments as the record writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The present moment as RFC 3339 in UTC with microseconds: `2030-01-31T09:00:00.000000Z`."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
