"""The name of a new project: as it is asked for, or made of the folder's."""

from __future__ import annotations

import re
import unicodedata

from jeyn.errors import AskError
from jeyn.model.names import is_name

_MOST = 63
# The project's file lists these as dependencies; pip takes a project of the same name for the package itself.
_TAKEN = frozenset("hatchling jeyn mypy pandas pandas-stubs pip pre-commit pytest scikit-learn skops".split())


def project_name(given: str | None, folder: str) -> str:
    """A DNS label; AskError where `given` is none, or where nothing of the folder's name can be one."""
    name = derived(folder) if given is None else given
    if given is None and not name:
        raise AskError(f"no project name can be made of the folder's name {folder!r}", "give one: --name NAME")
    if not is_name(name):
        raise AskError(
            f"--name {name!r} is not a name", "use at most 63 lower-case letters, digits and hyphens, such as churn-2"
        )
    if name in _TAKEN:
        raise AskError(f"{name} is the name of a package that the project needs", "give another one: --name NAME")
    return name


def derived(folder: str) -> str:
    """What is left of a folder's name as a DNS label, perhaps nothing: `Größe v1.2` is `grosse-v1-2`."""
    plain = unicodedata.normalize("NFKD", folder.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_MOST].strip("-")
