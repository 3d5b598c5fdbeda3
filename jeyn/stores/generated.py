"""Definitions and typed classes, as the project's generated modules hold them."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from jeyn.errors import AskError
from jeyn.model import modules
from jeyn.model.definitions import DataCatalog, DatasetFormula, MLUseCase
from jeyn.model.names import Pin, class_part
from jeyn.model.plan import Plan
from jeyn.stores.batch import Batch
from jeyn.stores.steps import StepInputs, StepOutputs


def catalog(pin: Pin) -> DataCatalog:
    """The catalog; AskError where `generated/` has none."""
    found: DataCatalog = _module(modules.CATALOGS, pin, "DataCatalog").CATALOG
    return found


def formula(pin: Pin) -> DatasetFormula:
    """The formula; AskError where `generated/` has none."""
    found: DatasetFormula = _module(modules.FORMULAS, pin, "DatasetFormula").FORMULA
    return found


def use_case(pin: Pin) -> MLUseCase:
    """The use case; AskError where `generated/` has none."""
    found: MLUseCase = _module(modules.USE_CASES, pin, "MLUseCase").USE_CASE
    return found


def plan(pin: Pin) -> Plan:
    """The pipeline's plan; AskError where `generated/` has none."""
    found: Plan = _module(modules.PIPELINES, pin, "Pipeline").PLAN
    return found


def batch_type(catalog: Pin) -> type[Batch[Any, Any]]:
    """The batch class of a catalog."""
    found: type[Batch[Any, Any]] = getattr(
        _module(modules.CATALOGS, catalog, "DataCatalog"), modules.batch_class(catalog)
    )
    return found


def step_types(pipeline: Pin, step: str) -> tuple[type[StepInputs], type[StepOutputs]]:
    """The inputs and outputs classes of a step that has a function of its own."""
    module, name = _module(modules.PIPELINES, pipeline, "Pipeline"), class_part(step)
    return getattr(module, f"{name}Inputs"), getattr(module, f"{name}Outputs")


def formula_inputs(pin: Pin) -> type[StepInputs]:
    """The inputs class of a formula with a `python` recipe."""
    found: type[StepInputs] = getattr(_module(modules.FORMULAS, pin, "DatasetFormula"), f"{class_part(pin.name)}Inputs")
    return found


def _module(package: str, pin: Pin, kind: str) -> ModuleType:
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
