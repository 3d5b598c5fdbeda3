"""Where the generated modules of a project are: the one convention that both halves of Jeyn know."""

from __future__ import annotations

from jeyn.model.names import Pin, class_part

GENERATED = "generated"
CATALOGS = f"{GENERATED}.catalogs"
FORMULAS = f"{GENERATED}.formulas"
USE_CASES = f"{GENERATED}.use_cases"
PIPELINES = f"{GENERATED}.pipelines"
CHECKS = f"{GENERATED}.checks"


def module(package: str, pin: Pin) -> str:
    """The dotted name of a definition's generated module."""
    return f"{package}.{pin.module}"


def path(package: str, pin: Pin) -> str:
    """The file of a definition's generated module, relative to the project, in POSIX form."""
    return f"{module(package, pin).replace('.', '/')}.py"


def batch_class(catalog: Pin) -> str:
    """The name of a catalog's batch class."""
    return f"{class_part(catalog.name)}Batch"
