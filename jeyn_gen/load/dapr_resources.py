"""What a file of a sidecar's resources folder holds, and what may not stand in one.

https://docs.dapr.io/reference/resource-specs/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load.credentials import is_credential
from jeyn_gen.load.placed_yaml import NotYaml, Place, PlacedList, PlacedMapping, placed_documents

_COMPONENT = "Component"
#: What a sidecar loads from its folder, and in which versions; a Configuration is none of it.
_KINDS = {
    _COMPONENT: ("dapr.io/v1alpha1",),
    "HTTPEndpoint": ("dapr.io/v1alpha1",),
    "Resiliency": ("dapr.io/v1alpha1",),
    "Subscription": ("dapr.io/v1alpha1", "dapr.io/v2alpha1"),
}
# What says where a value is, and is none.
_REFERENCES = ("secretKeyRef", "envRef")


@dataclass(frozen=True, slots=True)
class DaprComponent:
    """A component of a file; its type is empty where it has none, which is a finding."""

    name: str
    type: str
    location: Location


def read_resources(file: str, text: str, findings: list[Finding]) -> list[DaprComponent]:
    """The components that a file holds; what would not do as a sidecar's resource is a finding."""
    short = file.rpartition("/")[2]
    try:
        documents = placed_documents(text)
    except NotYaml as error:
        findings.append(made(Location(file, error.line, 1), "JYN803", f"{short} is not YAML: {error}", "mend the file"))
        return []
    if not documents:
        fix = "write a component, or remove the file"
        findings.append(made(Location(file, 1, 1), "JYN803", f"{short} is empty", fix))
    found = []
    for document in documents:
        problem = _problem(document, short)
        if problem is not None:
            place, message, fix = problem
            findings.append(made(Location(file, *place), "JYN803", message, fix))
            continue
        if document["kind"] == _COMPONENT:
            found.append(_component(file, document, findings))
        for name, place in _credentials(document, set()):
            message = f"{name} is written down, and would stand in a manifest"
            fix = "write `envRef: VARIABLE`, which the Secret of the namespace gives"
            findings.append(made(Location(file, *place), "JYN803", message, fix))
    return found


def _problem(document: object, short: str) -> tuple[Place, str, str] | None:
    """Why a sidecar loads no such document, where, and how to mend it; None where it does."""
    kind = document.get("kind") if isinstance(document, PlacedMapping) else None
    if not isinstance(document, PlacedMapping) or not isinstance(kind, str):
        place = document.place if isinstance(document, PlacedMapping) else (1, 1)
        return place, f"{short} holds what is no Dapr resource", "give it kind, metadata.name and spec"
    if kind not in _KINDS:
        message = f"{short} holds a {kind[:80]!r}, which no sidecar loads from a folder"
        return document.places["kind"], message, f"keep only {', '.join(_KINDS)} there"
    version = document.get("apiVersion")
    if version not in _KINDS[kind]:
        place = document.places.get("apiVersion", document.place)
        return place, f"a sidecar passes over a {kind} of this apiVersion", f"write apiVersion: {_KINDS[kind][-1]}"
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, PlacedMapping) else None
    if not isinstance(name, str) or not name or not isinstance(document.get("spec"), PlacedMapping):
        return document.place, f"{short} holds what is no Dapr resource", "give it kind, metadata.name and spec"
    return None


def _component(file: str, document: PlacedMapping, findings: list[Finding]) -> DaprComponent:
    metadata, spec = document["metadata"], document["spec"]
    kind = spec.get("type")
    if not isinstance(kind, str) or not kind:
        message = f"the component `{metadata['name'][:80]}` has no spec.type"
        place = Location(file, *spec.places.get("type", spec.place))
        findings.append(made(place, "JYN803", message, "add what it is, as `type: state.postgresql`"))
        kind = ""
    return DaprComponent(metadata["name"], kind, Location(file, *metadata.places["name"]))


def _credentials(
    value: object, seen: set[int], called: str = "", *, given: bool = False
) -> Iterator[tuple[str, Place]]:
    """What credentials below a value are called, and where each stands; an alias is looked at once.

    What a component is given stands below a key `value`, beside a `name` or below the key that it is called by.
    """
    if id(value) in seen or not isinstance(value, PlacedMapping | PlacedList):
        return
    seen.add(id(value))
    pairs: list[tuple[Any, Any, Place]]
    if isinstance(value, PlacedList):
        pairs = [(called, item, place) for item, place in zip(value, value.places, strict=True)]
    else:
        called = value["name"] if isinstance(value.get("name"), str) else called
        pairs = [(key, item, value.places[key]) for key, item in value.items() if key not in _REFERENCES]
    for key, item, place in pairs:
        is_given = given or key == "value"
        name = called if key == "value" else str(key)
        if isinstance(item, PlacedMapping | PlacedList):
            yield from _credentials(item, seen, name, given=is_given)
        elif item is not None and is_credential(name if is_given else "", str(item)):
            yield name or "a credential", place
