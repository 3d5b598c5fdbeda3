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
# A `keyPrefix` that differs from app to app: by these words, which daprd reads in any case, as it does the name; or by
# what it replaces in any value. Others stand before each key as they are.
# https://docs.dapr.io/developing-applications/building-blocks/state-management/howto-share-state/
_OF_THE_APP = frozenset({"appid", "namespace"})
_REPLACED = ("{appID}", "{namespace}", "{podName}", "{uuid}")


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
    named = [(at, _mapping(at, component, "metadata").get("name"), component) for at, component in _components(folder)]
    found = [(at, component) for at, its_name, component in named if its_name == name]
    if not found:
        known = sorted(str(its_name) for _, its_name, _ in named)
        raise AskError(f"no component in {folder} is called {name!r}", f"there are {', '.join(known) or 'none'}")
    for at, component in found:
        spec = _mapping(at, component, "spec")
        if not str(spec.get("type", "")).startswith("state."):
            raise AskError(f"{at}: the component {name!r} is a {spec.get('type')}, not a state store")
        prefixes = [one for one in _metadata(at, spec) if str(one.get("name")).lower() == "keyprefix"]
        for prefix in prefixes or [{"value": "appid"}]:
            _check_prefix(at, name, prefix)


def _check_prefix(at: Path, name: str, prefix: dict[str, Any]) -> None:
    fix = "give it `{name: keyPrefix, value: none}` in its metadata, before anything is recorded"
    if "value" not in prefix:
        raise AskError(f"{at}: what the keys of {name!r} begin with is not in the file", fix)
    value = str(prefix["value"])
    if value.lower() in _OF_THE_APP or any(word in value for word in _REPLACED):
        raise AskError(
            f"{at}: the keys of {name!r} would begin with the id of the app that wrote them, so that no other app"
            " could read the record",
            fix,
        )


def _metadata(at: Path, spec: dict[str, Any]) -> list[dict[str, Any]]:
    found, fix = spec.get("metadata") or [], "write each as `- {name: NAME, value: VALUE}`"
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise AskError(f"{at}: `metadata` of the `spec` is not a list of names and values", fix)
    return found


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


def _mapping(at: Path, component: dict[str, Any], key: str) -> dict[str, Any]:
    found = component.get(key) or {}
    if not isinstance(found, dict):
        raise AskError(f"{at}: `{key}` of a component is not a mapping", f"write `{key}:`, and keys below it")
    return found
