"""Environments: where a ledger and its blobs live, as `[tool.jeyn.environments.NAME]` of pyproject.toml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from jeyn.errors import AskError
from jeyn.model.names import is_name
from jeyn.model.spelling import nearest

_TABLE = "tool.jeyn.environments"


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment. Paths are relative to the project; empty means the embedded default below `.jeyn/`.

    A `state_store` keeps the ledger behind a Dapr sidecar, under the name of that component; `components` is the
    folder that a sidecar which Jeyn starts itself loads. Without one, `ledger` is the file of an embedded ledger.
    `blobs` is a folder or a URL (`s3://…`, `gs://…`, `az://…`). `pubsub` and `topic` say where events go, `secrets`
    which component holds secrets. `wait` bounds, in seconds, how long a part that is away is waited for. `stage` is
    what the environment serves.
    """

    name: str = ""
    ledger: str = ""
    state_store: str = ""
    components: str = ""
    blobs: str = ""
    pubsub: str = ""
    topic: str = "jeyn"
    secrets: str = ""
    wait: float = 30.0
    stage: str = "production"

    @property
    def uses_dapr(self) -> bool:
        """Whether a sidecar is needed."""
        return bool(self.state_store or self.pubsub or self.secrets)


#: What there is without any configuration.
EMBEDDED = Environment()


def read_environment(tables: object, name: str) -> Environment:
    """The environment `name` of these tables; AskError where there is none, or something in it is wrong."""
    if not name:
        return EMBEDDED
    known = tables if isinstance(tables, dict) else {}
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known) or 'none'}"
        raise AskError(f"there is no environment {name!r}", f"{hint}; add [{_TABLE}.{name}] to pyproject.toml")
    if not is_name(name):
        raise AskError(f"[{_TABLE}] has {name!r}, which is not a name", "use lower-case letters, digits and hyphens")
    return _environment(name, known[name])


def _environment(name: str, table: object) -> Environment:
    where = f"[{_TABLE}.{name}]"
    if not isinstance(table, dict):
        raise AskError(f"{where} is not a table", "write key = value lines below it")
    types = {field.name: type(field.default) for field in fields(Environment) if field.name != "name"}
    for key, value in table.items():
        if key not in types:
            near = nearest(key, types)
            raise AskError(
                f"{where} has no key {key!r}", f"did you mean {near}?" if near else f"it may have {', '.join(types)}"
            )
        if not isinstance(value, str if types[key] is str else (int, float)) or isinstance(value, bool):
            raise AskError(f"{where}: {key} = {value!r} is not {'text' if types[key] is str else 'a number'}")
    found = Environment(name=name, **table)
    _check(where, found, table)
    return found


def _check(where: str, found: Environment, table: Mapping[str, Any]) -> None:
    if found.wait <= 0:
        raise AskError(f"{where}: wait = {found.wait} is not a number of seconds", "write one above 0")
    if found.ledger and found.state_store:
        raise AskError(f"{where} has both ledger and state_store", "keep one of them")
    if "components" in table and not found.uses_dapr:
        raise AskError(f"{where} has components that nothing uses", "name the state_store, pubsub or secrets component")
