"""The files of a new repository: a table of paths, each with the template that it is made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

from jeyn.version import VERSION

_SAME_NAME = (
    "Dockerfile",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
    "catalogs/churn-examples.yaml",
    "catalogs/churn-risks.yaml",
    "catalogs/churn.yaml",
    "catalogs/customer-features.yaml",
    "catalogs/customers.yaml",
    "data/customers/2030-01.csv",
    "pipelines/churn/churn-examples.yaml",
    "pipelines/churn/churn-risks.yaml",
    "pipelines/churn/customers.yaml",
    "pipelines/churn/examples.py",
    "pipelines/churn/model.py",
    "pipelines/churn/report.py",
    "pipelines/churn/train-churn.yaml",
    "tests/test_documents.py",
    "tests/test_model.py",
)
#: Path in the new repository to its template. Templates have no leading dot: git, editors and build tools would heed
#: such files where they lie.
FILES: dict[str, str] = {
    **{name: name for name in _SAME_NAME},
    ".dockerignore": "dockerignore",
    ".editorconfig": "editorconfig",
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    ".idea/jsonSchemas.xml": "idea/jsonSchemas.xml",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".vscode/extensions.json": "vscode/extensions.json",
    ".vscode/settings.json": "vscode/settings.json",
}
#: What comes on top for a forge, by its name.
FORGES: dict[str, dict[str, str]] = {
    "github": {".github/workflows/jeyn.yaml": "github/workflows/jeyn.yaml"},
    "gitlab": {".gitlab-ci.yml": "gitlab/gitlab-ci.yml"},
}
#: The pipeline to try first.
PIPELINE = "train-churn"

_BLANK = re.compile(rb"@([A-Z]+)@")
# What may be filled in, whatever a template's language is: nothing in it can end a text or begin code.
_PLAIN = re.compile(r"[a-z0-9.,<>=-]+")


def scaffold(project: str, forge: str = "", version: str = VERSION) -> dict[str, bytes]:
    """Path to content, for a project with this name (see `project_name`); `forge` is a key of FORGES, or empty."""
    table = {**FILES, **(FORGES[forge] if forge else {})}
    values = {"PROJECT": project, "JEYN": compatible(version)}
    return {path: fill(_template(name), values) for path, name in sorted(table.items())}


def fill(text: bytes, values: Mapping[str, str]) -> bytes:
    """The text with each `@NAME@` replaced by its value; KeyError for a name without one."""
    for name, value in values.items():
        if not _PLAIN.fullmatch(value):
            raise AssertionError(f"{name} = {value!r} could become code")
    return _BLANK.sub(lambda found: values[found[1].decode()].encode(), text)


def compatible(version: str) -> str:
    """The releases that read what this one wrote, as a requirement: before 1.0 those of the same minor."""
    major, minor = map(int, version.split(".")[:2])
    return f">={version},<{f'{major + 1}' if major else f'0.{minor + 1}'}"


def _template(name: str) -> bytes:
    return files(__package__).joinpath("template", *name.split("/")).read_bytes()
