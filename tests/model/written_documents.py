"""Definitions as the YAML that a person could have written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jeyn.model.definitions import (
    CompositeRecipe,
    DataCatalog,
    DatasetFormula,
    Definition,
    FilesRecipe,
    Gate,
    InputSource,
    MLUseCase,
    ModelRecipe,
    OutputTarget,
    Parameter,
    Pipeline,
    PythonRecipe,
    Recipe,
    Step,
)
from jeyn.model.running import Condition, ForEach, Toleration
from jeyn.model.types import Constraints, Feature, FeatureType, List, Struct, Tensor, item_of


def document(definition: Definition, *, block: bool = False) -> str:
    """The document that states a definition; `block`: its outer mappings on lines of their own."""
    held = {
        "kind": type(definition).__name__,
        "name": definition.name,
        "version": str(definition.version),
        "description": definition.description,
        **_REST[type(definition)](definition),
    }
    return _block(held, "") if block else _flow(held)


def _catalog(catalog: DataCatalog) -> dict[str, Any]:
    return {"features": {feature.name: _feature(feature) for feature in catalog.features}}


def _feature(feature: Feature) -> dict[str, Any]:
    return {
        **_type(feature.type),
        **_rules(feature.constraints),
        "description": feature.description,
        "unit": feature.unit,
        "tags": list(feature.tags),
        "deprecated": feature.deprecated,
        **({} if isinstance(feature.type, Struct | List) else {"examples": list(feature.examples)}),
    }


def _type(kind: FeatureType) -> dict[str, Any]:
    match kind:
        case Struct(fields):
            return {"struct": {field.name: _feature(field) for field in fields}}
        case List(item):
            return {"list": _feature(item)}
    item = item_of(kind)
    found: dict[str, Any] = {"dtype": item.dtype}
    if item.timezone:
        found["timezone"] = item.timezone
    if item.precision:
        found |= {"precision": item.precision, "scale": item.scale}
    if isinstance(kind, Tensor):
        found["shape"] = list(kind.shape)
    return found


def _rules(rules: Constraints) -> dict[str, Any]:
    held = {name: getattr(rules, name) for name in Constraints.__dataclass_fields__}
    stated = {name: value for name, value in held.items() if value is not None and value is not False}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}


def _formula(formula: DatasetFormula) -> dict[str, Any]:
    return {"catalog": str(formula.catalog), "recipe": _recipe(formula.recipe)}


def _recipe(recipe: Recipe) -> dict[str, Any]:
    match recipe:
        case FilesRecipe():
            return {"files": {"url": recipe.url, "format": recipe.format}}
        case PythonRecipe():
            return {"python": {"function": recipe.function, "inputs": _pins(recipe.inputs)}}
        case ModelRecipe():
            held = {"batch": str(recipe.batch), "checkpoint": str(recipe.checkpoint), "function": recipe.function}
            return {"model": {**held, "rows": recipe.rows}}
        case CompositeRecipe():
            joined = {"on": list(recipe.on), "how": recipe.how} if recipe.on else {}
            return {"composite": {"inputs": _pins(recipe.inputs), **joined}}


def _pins(inputs: Any) -> dict[str, str]:
    return {name: str(pin) for name, pin in inputs}


def _use_case(use_case: MLUseCase) -> dict[str, Any]:
    held: dict[str, Any] = {
        "inputs": str(use_case.inputs),
        "outputs": str(use_case.outputs),
        "metrics": {gate.metric: _gate(gate) for gate in use_case.metrics},
        "promoted": {one.stage: {"checkpoint": one.checkpoint, "digest": one.digest} for one in use_case.promoted},
        "trusted": list(use_case.trusted),
    }
    return held | ({"serializer": use_case.serializer} if use_case.serializer else {})


def _gate(gate: Gate) -> dict[str, float]:
    bounds = {"minimum": gate.minimum, "maximum": gate.maximum}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _pipeline(pipeline: Pipeline) -> dict[str, Any]:
    held: dict[str, Any] = {
        "parameters": {one.name: _parameter(one) for one in pipeline.parameters},
        "steps": {step.name: _step(step) for step in pipeline.steps},
    }
    if pipeline.schedule:
        held["schedule"] = {
            "cron": pipeline.schedule.cron,
            "timezone": pipeline.schedule.timezone,
            "concurrency": pipeline.schedule.concurrency,
            **_span("missed", pipeline.schedule.missed),
        }
    triggers: list[Any] = ["merge"] * pipeline.on_merge + [{"new-batch": str(pin)} for pin in pipeline.on_new_batch]
    if triggers:
        held["on"] = triggers if len(triggers) > 1 else triggers[0]
    return {**held, "concurrency": pipeline.concurrency} if pipeline.concurrency else held


def _parameter(parameter: Parameter) -> dict[str, Any]:
    held = {**_type(parameter.type), **_rules(parameter.constraints), "description": parameter.description}
    return held if parameter.default is None else {**held, "default": parameter.default}


def _step(step: Step) -> dict[str, Any]:
    asked = {"cpu": step.resources.cpu, "memory": step.resources.memory, "gpu": step.resources.gpu}
    held: dict[str, Any] = {
        "inputs": {one.name: _input(one) for one in step.inputs},
        "code": list(step.code),
        "cache": step.cache,
        "retries": _retries(step),
        "resources": {name: amount for name, amount in asked.items() if amount},
        "description": step.description,
        **_span("timeout", step.timeout),
        **({"image": step.placement.image} if step.placement.image else {}),
        "node_selector": dict(step.placement.node_selector),
        "tolerations": [_toleration(one) for one in step.placement.tolerations],
    }
    if step.when:
        held["when"] = {str(one): _condition(one) for one in step.when}
    if step.for_each:
        held["for_each"] = _for_each(step.for_each)
    if step.formula:
        return {"formula": str(step.formula), **held}
    held |= {"function": step.function, "outputs": {one.name: _output(one) for one in step.outputs}}
    held |= {"secrets": dict(step.secrets)}
    return held if step.parameters is None else {**held, "parameters": list(step.parameters)}


def _span(key: str, seconds: int) -> dict[str, str]:
    """In more than one unit, not all of them carried over."""
    return {key: f"{seconds // 7200 * 2}h{seconds % 7200 // 60}m{seconds % 60}s"} if seconds else {}


def _retries(step: Step) -> Any:
    if not step.backoff.first:
        return step.retries
    held = {"limit": step.retries, "factor": step.backoff.factor}
    return {**held, **_span("backoff", step.backoff.first), **_span("longest", step.backoff.longest)}


def _toleration(one: Toleration) -> dict[str, Any]:
    held = {"key": one.key, "operator": one.operator, "value": one.value, "effect": one.effect, "seconds": one.seconds}
    return {name: value for name, value in held.items() if value not in ("", None)}


def _condition(one: Condition) -> Any:
    bounds = {"minimum": one.minimum, "maximum": one.maximum}
    held = {name: bound for name, bound in bounds.items() if bound is not None}
    return held or one.equals


def _for_each(stated: ForEach) -> Any:
    return str(stated.source) if stated.source else [dict(item) for item in stated.items]


def _input(source: InputSource) -> Any:
    return (
        str(source.source) if source.catalog is None else {"from": str(source.source), "catalog": str(source.catalog)}
    )


def _output(target: OutputTarget) -> Any:
    return {"report": target.report} if target.report else str(target.definition)


_REST: dict[type[Definition], Any] = {
    DataCatalog: _catalog,
    DatasetFormula: _formula,
    MLUseCase: _use_case,
    Pipeline: _pipeline,
}


def _block(held: Mapping[str, Any], indent: str) -> str:
    lines = []
    for key, value in held.items():
        deep = isinstance(value, dict) and value and len(indent) < 4
        lines.append(f"{indent}{_flow(key)}:" + (f"\n{_block(value, indent + '  ')}" if deep else f" {_flow(value)}\n"))
    return "".join(lines)


def _flow(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_flow(key)}: {_flow(held)}" for key, held in value.items()) + "}"
        case list():
            return f"[{', '.join(map(_flow, value))}]"
        case str():
            return '"' + "".join(f"\\U{ord(char):08x}" if _needs_escape(char) else char for char in value) + '"'
        case bool():
            return str(value).lower()
        case float() if math.isinf(value):
            return ".inf" if value > 0 else "-.inf"
        case int() | float():
            return repr(value)
        case bytes():
            return f'"{value.hex()}"'
        case Decimal():
            return f'"{value:f}"'
        case datetime() | date():
            return f'"{value.isoformat()}"'
        case timedelta():
            seconds = value.seconds
            return f"P{value.days}DT{seconds // 3600}H{seconds % 3600 // 60}M{seconds % 60}.{value.microseconds:06}S"
    raise TypeError(value)


def _needs_escape(char: str) -> bool:
    return char in '"\\' or not char.isprintable()
