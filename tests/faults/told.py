"""What subscribers were told, and whether it is all that is recorded."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from typing import Any

from oracles import Record
from valkey_server import Valkey


def published(server: Valkey, topic: str = "jeyn") -> list[dict[str, Any]]:
    """What a subscriber finds on the topic, which Dapr keeps as a stream of that name."""
    from valkey import Valkey as Client

    with closing(Client(port=server.port, decode_responses=True)) as client:
        return [json.loads(message["data"]) for _, message in client.xrange(topic)]


def check_told(events: list[dict[str, Any]], record: Record) -> None:
    """Every entry was told of at least once, truly, in valid CloudEvents."""
    entries = record.whole_entries()
    types = {"run-started": "run.started", "run-finished": "run.finished"}
    told = {event["id"]: event for event in events}
    assert told.keys() == {entry.id for entry in entries.values()}
    for reference, entry in entries.items():
        event = told[entry.id]
        assert event["specversion"] == "1.0"
        assert event["source"] == "/jeyn/harvest"
        assert event["type"] == types.get(entry.kind, "artefact.recorded")
        assert event["subject"] == event["data"]["ref"] == reference
        assert datetime.fromisoformat(event["time"]).tzinfo is not None
        assert event["datacontenttype"] == "application/json"
        if entry.artefact:
            assert event["data"]["digest"] == entry.artefact.digest
