"""Events on a Dapr pub/sub topic. https://docs.dapr.io/reference/api/pubsub_api/"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jeyn.adapters.dapr.calls import Patience, Sidecar

# An event that the broker does not take soon is published later, from the ledger: nobody waits for it.
_WAIT = 2.0


class DaprEvents:
    """An EventSink on one topic of the pub/sub component that a sidecar calls `pubsub`."""

    def __init__(self, sidecar: Sidecar, pubsub: str, topic: str) -> None:
        from dapr.proto import api_v1

        self._sidecar = sidecar
        self._pubsub = pubsub
        self._topic = topic
        self._api: Any = api_v1

    def publish(self, event: Mapping[str, Any]) -> None:
        request = self._api.PublishEventRequest(
            pubsub_name=self._pubsub,
            topic=self._topic,
            data=json.dumps(event, ensure_ascii=False).encode(),
            # Dapr passes on what calls itself a CloudEvent, and wraps everything else into one.
            data_content_type="application/cloudevents+json",
        )
        what = f"the topic {self._topic!r} of {self._pubsub!r}"
        self._sidecar.ask(self._sidecar.stub.PublishEvent, request, Patience(min(_WAIT, self._sidecar.wait)), what)
