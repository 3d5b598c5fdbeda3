"""The port to a store of secrets."""

from __future__ import annotations

from typing import Protocol


class SecretStore(Protocol):
    """Secrets by key. What it gives is never logged, recorded or shown."""

    def read(self, key: str) -> str:
        """The secret; AskError where there is none, Unreachable where the store does not answer."""
        ...
