"""Component files for daprd: https://docs.dapr.io/reference/components-reference/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from processes import LOOPBACK

# Keys are stored as they are given, so that daprds with other app-ids find them.
_PLAIN_KEYS = {"keyPrefix": "none"}


@dataclass(frozen=True)
class Component:
    """One component, as daprd's `--resources-path` folder holds it."""

    name: str
    type: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    version: str = "v1"

    def text(self) -> str:
        """The component in YAML. Every value is quoted as JSON does, which YAML reads alike."""
        lines = [
            "apiVersion: dapr.io/v1alpha1",
            "kind: Component",
            f"metadata: {{name: {json.dumps(self.name)}}}",
            "spec:",
            f"  type: {self.type}",
            f"  version: {self.version}",
            "  metadata:" if self.metadata else "  metadata: []",
            *(f"    - {{name: {name}, value: {json.dumps(value)}}}" for name, value in self.metadata.items()),
        ]
        return "\n".join(lines) + "\n"


def write(components: Iterable[Component], folder: Path) -> Path:
    """Write each component to a file named for it, in a folder that is made; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for component in components:
        (folder / f"{component.name}.yaml").write_text(component.text())
    return folder


def state_sqlite(name: str, file: Path, **metadata: str) -> Component:
    """Rows in a file, whose folder must exist."""
    return Component(name, "state.sqlite", {"connectionString": str(file), **_PLAIN_KEYS, **metadata})


def state_redis(name: str, port: int, **metadata: str) -> Component:
    return Component(name, "state.redis", {**_redis(port), **_PLAIN_KEYS, **metadata})


def state_postgresql(name: str, connection: str, version: str, **metadata: str) -> Component:
    """Rows in tables of a database; versions `v1` and `v2` have different ones."""
    return Component(name, "state.postgresql", {"connectionString": connection, **_PLAIN_KEYS, **metadata}, version)


def state_in_memory(name: str, **metadata: str) -> Component:
    """Gone when daprd ends."""
    return Component(name, "state.in-memory", {**_PLAIN_KEYS, **metadata})


def pubsub_in_memory(name: str) -> Component:
    return Component(name, "pubsub.in-memory")


def pubsub_redis(name: str, port: int, **metadata: str) -> Component:
    return Component(name, "pubsub.redis", {**_redis(port), **metadata})


def secrets_file(name: str, file: Path) -> Component:
    """A JSON file; nested names are joined by a colon."""
    return Component(name, "secretstores.local.file", {"secretsFile": str(file), "nestedSeparator": ":"})


def _redis(port: int) -> dict[str, str]:
    return {"redisHost": f"{LOOPBACK}:{port}", "redisPassword": ""}
