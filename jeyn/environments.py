"""Environments: where a ledger and its blobs live, as `[tool.jeyn.environments.NAME]` of pyproject.toml says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from jeyn.errors import AskError
from jeyn.model.deployment import SIDECARS, ArgoCD, Deployment
from jeyn.model.names import is_name
from jeyn.model.references import LATEST
from jeyn.model.spelling import nearest

_TABLE = "tool.jeyn.environments"
_TOLD = {str: "text", bool: "true or false", int: "a whole number", float: "a number", ArgoCD: "a table"}
_Row = TypeVar("_Row")


class SettingError(AskError):
    """A setting that cannot be; `key` says which, below the table that was read, and is empty for that itself."""

    def __init__(self, key: str, message: str, fix: str = "") -> None:
        super().__init__(message, fix)
        self.key = key

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.key, self.message, self.fix)


def project_table(tool: object) -> tuple[str, dict[str, Any]]:
    """The name of a project, empty if it has none, and the tables of its environments, of pyproject.toml's `tool`."""
    table = tool.get("jeyn", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise SettingError("", "[tool.jeyn] is not a table", "write key = value lines below it")
    unknown = sorted(set(table) - {"project", "environments"})
    if unknown:
        near = nearest(unknown[0], ("project", "environments"))
        hint = f"did you mean {near}?" if near else "it may have project and environments"
        raise SettingError(unknown[0], f"[tool.jeyn] has no key {unknown[0]!r}", hint)
    project = table.get("project", "")
    if "project" in table and (not isinstance(project, str) or not is_name(project)):
        message = f"[tool.jeyn] project = {project!r} is not a name"
        raise SettingError("project", message, "use lower-case letters, digits and hyphens")
    tables = table.get("environments", {})
    if not isinstance(tables, dict):
        raise SettingError("environments", "[tool.jeyn.environments] is not a table", f"write [{_TABLE}.NAME]")
    return project, tables


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment. Paths are relative to the project; empty means the embedded default below `.jeyn/`.

    A `state_store` keeps the ledger behind a Dapr sidecar, under the name of that component; `components` is the
    folder that a sidecar which Jeyn starts itself loads. Without one, `ledger` is the file of an embedded ledger.
    `blobs` is a folder or a URL (`s3://…`, `gs://…`, `az://…`). `pubsub` and `topic` say where events go, `secrets`
    which component holds secrets. `wait` bounds, in seconds, how long a part that is away is waited for. `stage` is
    what the environment serves. `deployment` is how it runs pods, for one that has a namespace.
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
    deployment: Deployment | None = None

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
        raise SettingError("", f"there is no environment {name!r}", f"{hint}; add [{_TABLE}.{name}] to pyproject.toml")
    if not is_name(name):
        raise SettingError(
            "", f"[{_TABLE}] has {name!r}, which is not a name", "use lower-case letters, digits and hyphens"
        )
    return _environment(name, known[name])


def _environment(name: str, table: object) -> Environment:
    where = f"[{_TABLE}.{name}]"
    if not isinstance(table, dict):
        raise SettingError("", f"{where} is not a table", "write key = value lines below it")
    of_pods = {field.name for field in fields(Deployment)}
    own = {field.name for field in fields(Environment)} - {"name", "deployment"}
    _see_that_known(where, table, [*sorted(own), *sorted(of_pods)])
    deployment = None
    if not of_pods.isdisjoint(table):
        deployment = _deployment(where, {key: value for key, value in table.items() if key in of_pods})
    values = {key: value for key, value in table.items() if key in own}
    found = _row(where, Environment, {**values, "name": name, "deployment": deployment})
    _check(where, found, table)
    return found


def _deployment(where: str, table: Mapping[str, Any]) -> Deployment:
    values = dict(table)
    if isinstance(values.get("argocd"), dict):
        values["argocd"] = _row(f"{where[:-1]}.argocd]", ArgoCD, values["argocd"], "argocd.")
    found = _row(where, Deployment, values)
    if found.sidecar not in SIDECARS:
        near = nearest(found.sidecar, SIDECARS)
        hint = f"did you mean {near}?" if near else f"write one of {', '.join(SIDECARS)}"
        raise SettingError("sidecar", f"{where}: sidecar = {found.sidecar!r} is none", hint)
    return found


def _row(where: str, kind: type[_Row], table: Mapping[str, Any], prefix: str = "") -> _Row:
    """A value of a dataclass whose defaults tell the types of its fields; SettingError for what does not fit."""
    defaults = {field.name: field.default for field in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    _see_that_known(where, table, defaults, prefix)
    for key, value in table.items():
        wanted = type(defaults[key])
        is_fitting = type(value) is wanted or (wanted is float and type(value) is int) or defaults[key] is None
        if not is_fitting:
            raise SettingError(prefix + key, f"{where}: {key} = {value!r} is not {_TOLD[wanted]}")
    return kind(**table)


def _see_that_known(where: str, table: Iterable[str], known: Collection[str], prefix: str = "") -> None:
    for key in table:
        if key not in known:
            near = nearest(key, known)
            hint = f"did you mean {near}?" if near else f"it may have {', '.join(known)}"
            raise SettingError(prefix + key, f"{where} has no key {key!r}", hint)


def _check(where: str, found: Environment, table: Mapping[str, Any]) -> None:
    if not 0 < found.wait < float("inf"):
        raise SettingError("wait", f"{where}: wait = {found.wait} is not a number of seconds", "write one above 0")
    if not is_name(found.stage) or found.stage == LATEST:  # which has a meaning of its own
        raise SettingError("stage", f"{where}: stage = {found.stage!r} cannot be a stage", "use a name, as production")
    if not found.topic:
        raise SettingError("topic", f"{where}: its topic has no name", "leave it out, or name one")
    if found.ledger and found.state_store:
        raise SettingError("ledger", f"{where} has both ledger and state_store", "keep one of them")
    if "components" in table and not found.uses_dapr:
        raise SettingError(
            "components",
            f"{where} has components that nothing uses",
            "name the state_store, pubsub or secrets component",
        )
