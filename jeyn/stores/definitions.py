"""Definitions, as the project's generated modules hold them."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TYPE_CHECKING

from jeyn.errors import AskError
from jeyn.model import modules
from jeyn.model.definitions import DataCatalog, DatasetFormula, MLUseCase
from jeyn.model.names import Pin, module_part

if TYPE_CHECKING:
    from jeyn.model.plan import Plan


def catalog(pin: Pin) -> DataCatalog:
    """The catalog; AskError where `generated/` has none."""
    found: DataCatalog = generated_module(modules.CATALOGS, pin, "DataCatalog").CATALOG
    return found


def formula(pin: Pin) -> DatasetFormula:
    """The formula; AskError where `generated/` has none."""
    found: DatasetFormula = generated_module(modules.FORMULAS, pin, "DatasetFormula").FORMULA
    return found


def use_case(pin: Pin) -> MLUseCase:
    """The use case; AskError where `generated/` has none."""
    found: MLUseCase = generated_module(modules.USE_CASES, pin, "MLUseCase").USE_CASE
    return found


def plan(pin: Pin) -> Plan:
    """The pipeline's plan; AskError where `generated/` has none."""
    found: Plan = generated_module(modules.PIPELINES, pin, "Pipeline").PLAN
    return found


def owner(name: str) -> str:
    """The definition that owns the stream of this name, as `DatasetFormula NAME`; empty where none does."""
    kinds = {modules.FORMULAS: "DatasetFormula", modules.USE_CASES: "MLUseCase", modules.PIPELINES: "Pipeline"}
    for package, kind in kinds.items():
        try:
            paths = importlib.import_module(package).__path__
        except ModuleNotFoundError as error:
            if error.name and not f"{package}.".startswith(f"{error.name}."):
                raise
            continue
        if any(one.name.rpartition("_v")[0] == module_part(name) for one in pkgutil.iter_modules(paths)):
            return f"{kind} {name}"
    return ""


def generated_module(package: str, pin: Pin, kind: str) -> ModuleType:
    """The generated module of a definition; AskError where there is none."""
    name = modules.module(package, pin)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and not f"{name}.".startswith(f"{error.name}."):
            raise
        raise AskError(
            f"there is no {kind} {pin} in {modules.GENERATED}/",
            "check the name; `jeyn generate` writes what the documents define",
        ) from None
