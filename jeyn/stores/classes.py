"""Typed classes, as the project's generated modules hold them."""

from __future__ import annotations

from typing import Any

from jeyn.model import modules
from jeyn.model.names import Pin, class_part
from jeyn.stores.batch import Batch
from jeyn.stores.definitions import generated_module
from jeyn.stores.steps import StepInputs, StepOutputs


def batch_type(catalog: Pin) -> type[Batch[Any, Any]]:
    """The batch class of a catalog."""
    found: type[Batch[Any, Any]] = getattr(
        generated_module(modules.CATALOGS, catalog, "DataCatalog"), modules.batch_class(catalog)
    )
    return found


def step_types(pipeline: Pin, step: str) -> tuple[type[StepInputs], type[StepOutputs]]:
    """The inputs and outputs classes of a step that has a function of its own."""
    module, name = generated_module(modules.PIPELINES, pipeline, "Pipeline"), class_part(step)
    return getattr(module, f"{name}Inputs"), getattr(module, f"{name}Outputs")


def formula_inputs(pin: Pin) -> type[StepInputs]:
    """The inputs class of a formula with a `python` recipe."""
    found: type[StepInputs] = getattr(
        generated_module(modules.FORMULAS, pin, "DatasetFormula"), f"{class_part(pin.name)}Inputs"
    )
    return found
