"""The port to a broker of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class EventSink(Protocol):
    """Takes CloudEvents 1.0 in their JSON form. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md"""

    def publish(self, event: Mapping[str, Any]) -> None:
        """Hand one event to the broker. When this returns, the broker has it; Unreachable where it does not take it."""
        ...
