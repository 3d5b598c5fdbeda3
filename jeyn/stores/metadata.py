"""The metadata that a `save` is given: plain JSON, under names that Jeyn does not use itself."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from jeyn.errors import StepError
from jeyn.imported import is_a
from jeyn.model.codec import Json
from jeyn.model.plain_text import escaped, is_plain
from jeyn.stores.secret import Secret

_DEEPEST = 100


def plain(metadata: Mapping[str, Any] | None, reserved: Set[str]) -> dict[str, Json]:
    """Metadata as it is recorded; numbers of NumPy are those of Python.

    StepError, with the key, for a reserved name and for what is no JSON: NaN, objects, keys that are no text.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise StepError(f"the metadata is {type(metadata).__name__}, not a mapping of names to values")
    taken = sorted(name for name in metadata if isinstance(name, str) and name in reserved)
    if taken:
        raise StepError(
            f"the metadata names {', '.join(map(repr, taken))}, which Jeyn records itself",
            f"call it something else than {', '.join(sorted(reserved))}",
        )
    return _mapping(metadata, "metadata", 0)


def _mapping(value: Mapping[Any, Any], where: str, depth: int) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, item in value.items():
        if not isinstance(key, str) or not is_plain(key):
            raise StepError(f"{where} has the key {key!r}, which is no text", "JSON has text as keys")
        found[str(key)] = _value(item, f"{where}[{key!r}]", depth + 1)
    return found


def _value(value: Any, where: str, depth: int) -> Json:
    if depth > _DEEPEST:
        raise StepError(f"{where[:200]}… holds more than {_DEEPEST} things in each other")
    if isinstance(value, Secret):
        raise StepError(
            f"{where} holds a Secret; it was not recorded", "leave it out: who reads the ledger would read it"
        )
    if is_a(value, "numpy", "generic"):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if is_plain(value):
            return value
        raise StepError(f"{where} is {escaped(value)}, which is no text", "save bytes as hexadecimal digits")
    if isinstance(value, float):
        if value - value == 0:
            return value
        raise StepError(f"{where} is {value!r}, which JSON does not have", "leave it out, or save it as text")
    if isinstance(value, Mapping):
        return _mapping(value, where, depth)
    if isinstance(value, list | tuple):
        return [_value(item, f"{where}[{at}]", depth + 1) for at, item in enumerate(value)]
    raise StepError(
        f"{where} is {type(value).__name__}, which is no JSON",
        "give text, numbers, true or false, None, and lists and mappings of these",
    )
