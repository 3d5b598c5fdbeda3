"""Whether a state store may hold the record: found out before anything is written to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.errors import AskError

# What a step record with many outputs and wide profiles may take, in bytes.
_NEEDED = 512 << 10
_PROBE = b"jeyn: whether this store keeps what was written first"


def admit(store: DaprKeyValueStore, probe: str, components: Path | None) -> None:
    """AskError with the reason where the store would break the record; Unreachable where it does not answer.

    `probe` is a key that nothing else uses: it is created, and written to once more, which must be refused.
    `components` is the folder of the sidecar's components, where that is known.
    """
    if components is not None:
        _check_component(components, store.name)
    if store.get(probe) is None:
        store.create(probe, _PROBE)
    if store.create(probe, _PROBE.ljust(_NEEDED, b"\0")):
        raise AskError(
            f"the state store {store.name!r} writes over what is there, so that a record in it could be lost",
            "choose a store that supports first-write concurrency: PostgreSQL, Redis, SQLite and others do",
        )


def _check_component(folder: Path, name: str) -> None:
    found = {at: component for at, component in _components(folder) if _named(component) == name}
    if not found:
        known = sorted(str(_named(component)) for _, component in _components(folder))
        raise AskError(f"no component in {folder} is called {name!r}", f"there are {', '.join(known) or 'none'}")
    for at, component in found.items():
        spec = component.get("spec") or {}
        if not str(spec.get("type", "")).startswith("state."):
            raise AskError(f"{at}: the component {name!r} is a {spec.get('type')}, not a state store")
        prefix = {item.get("name"): item.get("value") for item in spec.get("metadata") or ()}.get("keyPrefix", "appid")
        if prefix == "appid":
            raise AskError(
                f"{at}: the keys of {name!r} would begin with the id of the app that wrote them, so that no other app"
                " could read the record",
                "add `- {name: keyPrefix, value: none}` to its metadata, before anything is recorded",
            )


def _components(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The components that daprd would load, with their files. AskError for a file that it would leave out."""
    import yaml

    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix not in (".yaml", ".yml"):
            continue
        try:
            documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise AskError(f"{path} is not YAML, and the sidecar would do without it: {error}") from None
        for document in documents:
            if isinstance(document, dict) and document.get("kind") == "Component":
                yield path, document


def _named(component: dict[str, Any]) -> object:
    return (component.get("metadata") or {}).get("name")
