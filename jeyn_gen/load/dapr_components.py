"""The Dapr components of an environment, which its sidecars load from a ConfigMap.

https://docs.dapr.io/reference/resource-specs/component-schema/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from jeyn.environments import Environment
from jeyn.model.spelling import nearest
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location

#: The folder of Dapr components.
COMPONENTS = "components"
_SUFFIXES = (".yaml", ".yml")
# What a ConfigMap can call a file, and hold in all, in bytes.
_NAME = re.compile(r"[-._A-Za-z0-9]+")
_ROOM = 1_000_000
# What a component calls a credential, and a text that holds one.
_SECRET = re.compile(r"password|secret|token|private_?key|account_?key|access_?key|api_?key", re.IGNORECASE)
_HOLDS_SECRET = re.compile(r"password=\S|://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)


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
    files, named = [], list[str]()
    for path in paths:
        if path.suffix in _SUFFIXES and path.is_file():
            file = (folder / path.name).as_posix()
            text, names, problems = _read(path)
            findings += [made(Location(file, line, 1), "JYN803", message, fix) for line, message, fix in problems]
            files.append((path.name, text))
            named += names
    if not files:
        message = f"{label}: no Dapr component is in {environment.components!r}"
        findings.append(made(place, "JYN803", message, "name a folder with them, in YAML files"))
    elif sum(len(text.encode()) for _, text in files) > _ROOM:
        message = f"{label}: its Dapr components are larger than a ConfigMap can be"
        findings.append(made(place, "JYN803", message, f"keep them below {_ROOM:,} bytes"))
    else:
        _check_named(environment, named, where, findings)
    return tuple(files)


def _check_named(
    environment: Environment, named: list[str], where: Callable[[str], Location], findings: list[Finding]
) -> None:
    for key in ("state_store", "pubsub", "secrets"):
        wanted = getattr(environment, key)
        if wanted and wanted not in named:
            near = nearest(wanted, named)
            fix = f"did you mean {near}?" if near else f"there are {', '.join(sorted(named)) or 'none'}"
            message = f"environment `{environment.name}`: no component in {environment.components} is called {wanted!r}"
            findings.append(made(where(key), "JYN803", message, fix))


def _read(path: Path) -> tuple[str, list[str], list[tuple[int, str, str]]]:
    """The text of a file, what its components are called, and problems, each with its line and how to mend it."""
    if not _NAME.fullmatch(path.name):
        return "", [], [(1, f"{path.name!r} cannot be a key of a ConfigMap", "use letters, digits, `.`, `_` and `-`")]
    try:
        text = path.read_text(encoding="utf-8")
        documents = [one for one in yaml.safe_load_all(text) if one is not None]
    except UnicodeDecodeError:
        return "", [], [(1, f"{path.name} is not text in UTF-8", "save it as such")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it cannot be read"
        return "", [], [(mark.line + 1 if mark else 1, f"{path.name} is not YAML: {what}", "mend the file")]
    problems = [] if documents else [(1, f"{path.name} is empty", "write a component, or remove the file")]
    names = []
    for document in documents:
        metadata = document.get("metadata") if isinstance(document, dict) else None
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if not isinstance(name, str) or not isinstance(document.get("spec"), dict):
            problems.append((1, f"{path.name} holds what is no Dapr resource", "give it kind, metadata.name and spec"))
        elif document.get("kind") == "Component":
            names.append(name)
            problems += _open_secrets(text, document["spec"])
    return text, names, problems


def _open_secrets(text: str, spec: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Credentials that are written down, and would be in a manifest."""
    items = spec.get("metadata")
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict) or not item.get("value"):
            continue
        name, value = str(item.get("name", "")), str(item["value"])
        if _SECRET.search(name) or _HOLDS_SECRET.search(value):
            lines = [number for number, line in enumerate(text.splitlines(), start=1) if name in line]
            message = f"{name} is written down, and would stand in a manifest"
            yield lines[0] if lines else 1, message, "write `envRef: VARIABLE`, which the Secret of the namespace gives"
