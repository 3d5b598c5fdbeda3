"""The kustomize Component of an environment, and the files that it names: Argo CD could not build it without one."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load.documents import SUFFIXES
from jeyn_gen.load.placed_yaml import NotYaml, Place, PlacedList, PlacedMapping, placed_documents

#: What kustomize looks for in a folder.
KUSTOMIZATION = "kustomization.yaml"
_ALSO_CALLED = "kustomization.yml"
# Paths in lists, and in lists of what has a path: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
_LISTS = ("resources", "components")
_LISTS_WITH_PATHS = ("patches", "replacements")
# How kustomize knows what it would fetch.
_ELSEWHERE = ("://", "git@", "git::", "?ref=", "//")


def missing_files(root: Path, depth: int, folder: str, seen: set[str]) -> Iterator[Finding]:
    """What the kustomization of a folder of the project names, and is not there.

    `depth` tells how many folders the project is below the top of its repository; `seen` are the folders looked at.
    """
    if folder in seen:
        return
    seen.add(folder)
    file = posixpath.normpath(f"{folder}/{KUSTOMIZATION}")
    try:
        documents = placed_documents((root / file).read_text(encoding="utf-8", errors="replace"))
    except NotYaml as error:
        message = f"{KUSTOMIZATION} is not YAML: {error}"
        yield made(Location(file, error.line, 1), "JYN801", message, "mend the file")
        return
    for named, place in _named(documents[0] if documents else None):
        path = posixpath.normpath(posixpath.join(folder, named))
        problem = _problem(root, depth, folder, path)
        if problem is not None:
            yield made(Location(file, *place), "JYN801", f"{named[:80]!r} {problem[0]}", problem[1])
        elif (root / path / KUSTOMIZATION).is_file():
            yield from missing_files(root, depth, path, seen)


def _named(kustomization: Any) -> Iterator[tuple[str, Place]]:
    """The paths in a kustomization that are of its repository."""
    found: list[tuple[object, Place]] = []
    for key in (*_LISTS, *_LISTS_WITH_PATHS):
        items = kustomization.get(key) if isinstance(kustomization, PlacedMapping) else None
        for item, place in zip(items, items.places, strict=True) if isinstance(items, PlacedList) else ():
            if key in _LISTS:
                found.append((item, place))
            elif isinstance(item, PlacedMapping) and "path" in item:
                found.append((item["path"], item.places["path"]))
    for named, place in found:
        if isinstance(named, str) and named and not any(sign in named for sign in _ELSEWHERE):
            yield named, place


def _problem(root: Path, depth: int, folder: str, path: str) -> tuple[str, str] | None:
    """Why kustomize could not take a path, and how to mend it; None where it can, or nobody knows."""
    is_file = path.endswith(SUFFIXES)  # a check of what is staged reads no others
    if is_file and folder != "." and not path.startswith(f"{folder}/"):
        return f"is not in {folder}, and kustomize reads no file from elsewhere", "move it there, or name its folder"
    if is_file:
        return None if (root / path).is_file() else ("is not there", f"write {path}, or name another file")
    if path.startswith("/") or path.split("/").count("..") > depth:
        return "leaves the repository", "name what is in it"
    if ".." in path.split("/"):  # where this does not look
        return None
    if "." in path.rpartition("/")[2]:  # a file that is not looked for, or a host
        return None
    if not any((root / path / name).is_file() for name in (KUSTOMIZATION, _ALSO_CALLED)):
        return f"is no folder with a {KUSTOMIZATION}", f"write {path}/{KUSTOMIZATION}, or name another folder"
    return None
