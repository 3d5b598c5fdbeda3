"""Reading manifests that may be malformed: what has the wrong type counts as absent here, and the schemas report it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def mapping(value: Any, *keys: str) -> Mapping[str, Any]:
    """What is found by following the keys, if it is a mapping, else an empty one."""
    found = _follow(value, keys)
    return found if isinstance(found, Mapping) else {}


def objects(value: Any, *keys: str) -> list[Mapping[str, Any]]:
    """The mappings in the list that is found by following the keys."""
    return [item for item in entries(value, *keys) if isinstance(item, Mapping)]


def entries(value: Any, *keys: str) -> list[Any]:
    """The list that is found by following the keys, or an empty one."""
    found = _follow(value, keys)
    return found if isinstance(found, list) else []


def text(value: Any, *keys: str) -> str:
    """The text that is found by following the keys, or the empty one."""
    found = _follow(value, keys)
    return found if isinstance(found, str) else ""


def names(value: Any, *keys: str) -> list[str]:
    """The `name` of each mapping in the list that is found by following the keys."""
    return [text(item, "name") for item in objects(value, *keys)]


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text below a value with its path, such as ("spec.templates[2].container.image", …)."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from strings(item, f"{path}[{place}]")


def title(document: Mapping[str, Any]) -> str:
    """How findings name an object: "WorkflowTemplate/train-digits"."""
    name = text(document, "metadata", "name") or text(document, "metadata", "generateName")
    return f"{text(document, 'kind') or 'no kind'}/{name or 'no name'}"


def _follow(value: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
