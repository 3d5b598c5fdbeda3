"""The Dapr components of an environment, which its sidecars load from a ConfigMap.

https://docs.dapr.io/reference/resource-specs/component-schema/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from jeyn.environments import Environment
from jeyn.model.spelling import nearest
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load.dapr_resources import DaprComponent, read_resources
from jeyn_gen.load.documents import SUFFIXES

#: The folder of Dapr components.
COMPONENTS = "components"
# What a ConfigMap can call a file, and hold in all, in bytes.
_NAME = re.compile(r"[-._A-Za-z0-9]+")
_ROOM = 1_000_000
# What the type of the component begins with that a key of an environment names.
_TYPES = {"state_store": "state", "pubsub": "pubsub", "secrets": "secretstores"}


def read_components(
    root: Path, environment: Environment, where: Callable[[str], Location], findings: list[Finding]
) -> tuple[tuple[str, str], ...]:
    """The files of an environment's components, by name; what would not do as one is a finding.

    `where` tells where a key of the environment stands.
    """
    place = where("components")
    folder = Path(environment.components)
    label = f"environment `{environment.name}`"
    # Elsewhere, checks of what is staged would not look.
    if folder.parts[:1] != (COMPONENTS,) or ".." in folder.parts:
        message = f"{label}: its Dapr components are in {environment.components or 'no folder'!r}"
        findings.append(made(place, "JYN803", message, f'name a folder of them below {COMPONENTS}: "components/NAME"'))
        return ()
    paths = sorted((root / folder).iterdir()) if (root / folder).is_dir() else []
    files, found = [], list[DaprComponent]()
    for path in paths:
        if path.suffix in SUFFIXES and path.is_file():
            file = (folder / path.name).as_posix()
            text = _text(path, file, findings)
            if text is not None:
                found += read_resources(file, text, findings)
            files.append((path.name, text or ""))
    if not files:
        message = f"{label}: no Dapr component is in {environment.components!r}"
        findings.append(made(place, "JYN803", message, "name a folder with them, in YAML files"))
    elif sum(len(text.encode()) for _, text in files) > _ROOM:
        message = f"{label}: its Dapr components are larger than a ConfigMap can be"
        findings.append(made(place, "JYN803", message, f"keep them below {_ROOM:,} bytes"))
    else:
        _check_named(environment, _by_name(found, findings), where, findings)
    return tuple(files)


def _text(path: Path, file: str, findings: list[Finding]) -> str | None:
    """The text of a file; None, with a finding, where a ConfigMap could not hold it."""
    problem = f"{path.name!r} cannot be a key of a ConfigMap", "use letters, digits, `.`, `_` and `-`"
    if _NAME.fullmatch(path.name):
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problem = f"{path.name} is not text in UTF-8", "save it as such"
    findings.append(made(Location(file, 1, 1), "JYN803", *problem))
    return None


def _by_name(found: list[DaprComponent], findings: list[Finding]) -> dict[str, str]:
    """The types of components by name: with two of one name no sidecar starts."""
    first: dict[str, DaprComponent] = {}
    for one in found:
        other = first.setdefault(one.name, one)
        if other is not one:
            message = (
                f"a component `{one.name[:80]}` stands in {other.location.path}, line {other.location.line}, as well"
            )
            findings.append(made(one.location, "JYN803", message, "give each a name of its own"))
    return {name: one.type for name, one in first.items()}


def _check_named(
    environment: Environment, types: Mapping[str, str], where: Callable[[str], Location], findings: list[Finding]
) -> None:
    label = f"environment `{environment.name}`"
    for key, prefix in _TYPES.items():
        wanted = getattr(environment, key)
        fitting = sorted(name for name, kind in types.items() if kind.startswith(f"{prefix}."))
        if not wanted or wanted in fitting or types.get(wanted) == "":  # told where it stands
            continue
        message = f"{label}: no component in {environment.components} is called {wanted!r}"
        if wanted in types:
            message = f"{label}: the component {wanted!r} has the type {types[wanted][:80]}, not {prefix}.*"
        near = nearest(wanted, fitting)
        fix = f"add a component of the type {prefix}.*"
        if fitting:
            fix = f"did you mean {near}?" if near else f"of this type there are {', '.join(fitting)}"
        findings.append(made(where(key), "JYN803", message, fix))
