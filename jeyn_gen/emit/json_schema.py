"""Catalogs and parameters as JSON Schema (draft 2020-12): what the class generator reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from jeyn.model.constraints import stored
from jeyn.model.definitions import Parameter
from jeyn.model.types import DTYPES, Constraints, Family, Feature, List, Scalar, Struct, Tensor, Value, integer_range

_JSON_TYPE: dict[Family, dict[str, Any]] = {
    Family.BOOLEAN: {"type": "boolean"},
    Family.INTEGER: {"type": "integer"},
    Family.FLOAT: {"type": "number"},
    Family.DECIMAL: {"type": "string", "format": "decimal"},
    Family.STRING: {"type": "string"},
    Family.BYTES: {"type": "string", "format": "binary"},
    Family.DATE: {"type": "string", "format": "date"},
    Family.TIMESTAMP: {"type": "string", "format": "date-time-local"},
    Family.DURATION: {"type": "string", "format": "duration"},
}
_PYTHON_ITEM = {Family.BOOLEAN: "bool", Family.INTEGER: "int", Family.FLOAT: "float"}


def features_schema(features: Iterable[Feature], classes: Mapping[Feature, str]) -> dict[str, Any]:
    """The schema of one row or struct; every feature is there, a nullable one may be null.

    `classes` names the class of each struct, by the feature that is one: the schema refers to it by this name.
    """
    return _object({feature.name: _type(feature, classes) for feature in features})


def parameters_schema(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The schema of a step's parameters, without their defaults."""
    return _object({one.name: _scalar(one.type, one.constraints) for one in parameters})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _type(feature: Feature, classes: Mapping[Feature, str]) -> dict[str, Any]:
    kind, rules = feature.type, feature.constraints
    match kind:
        case Scalar():
            return _scalar(kind, rules)
        case Tensor():
            return _tensor(kind, rules)
        case Struct():
            schema: dict[str, Any] = {"$ref": classes[feature]}
            return {"anyOf": [schema, {"type": "null"}]} if rules.nullable else schema
        case List():
            named = {"minItems": rules.min_length, "maxItems": rules.max_length}
            bounds = {key: value for key, value in named.items() if value is not None}
            held = {"type": "array", "items": _type(kind.item, classes), **bounds}
            return {**held, "type": ["array", "null"]} if rules.nullable else held


def _tensor(kind: Tensor, rules: Constraints) -> dict[str, Any]:
    """A list per axis. Its shape and its bounds are checked by the row class from the catalog itself."""
    item = _PYTHON_ITEM[kind.item.family]
    python = "list[" * len(kind.shape) + item + "]" * len(kind.shape)
    schema: dict[str, Any] = _JSON_TYPE[kind.item.family]
    for _ in kind.shape:
        schema = {"type": "array", "items": schema}
    return {**schema, "x-python-type": f"{python} | None" if rules.nullable else python}


def _scalar(kind: Scalar, rules: Constraints) -> dict[str, Any]:
    schema = dict(_JSON_TYPE[kind.family])
    if kind.family is Family.TIMESTAMP and kind.timezone:
        schema["format"] = "date-time"
    if rules.enum is not None and all(_is_literal(value) for value in rules.enum):
        schema["enum"] = [*rules.enum, *([None] if rules.nullable else [])]
    else:
        schema |= _bounds(kind, rules)
        named = {"minLength": rules.min_length, "maxLength": rules.max_length, "pattern": rules.pattern}
        schema |= {key: value for key, value in named.items() if value is not None}
    if rules.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema


def _is_literal(value: Value) -> bool:
    """Whether mypy takes it in a `Literal`: no integer of more than 64 bits. Others are checked from the catalog."""
    return isinstance(value, str) or (type(value) is int and -(2**63) <= value < 2**63)


def _bounds(kind: Scalar, rules: Constraints) -> dict[str, Any]:
    if kind.family is Family.INTEGER:
        low, high = integer_range(kind.dtype)
        least, most = rules.lower(kind), rules.upper(kind)
        bounds = {"minimum": least[0] if least else low, "maximum": most[0] if most else high}
        # What Python's int shares with the widest dtypes goes without saying.
        return {key: bound for key, bound in bounds.items() if bound not in (-(2**63), 2**63 - 1, 2**64 - 1)}
    named = {
        "minimum": (rules.minimum, min),
        "maximum": (rules.maximum, max),
        "exclusiveMinimum": (rules.exclusive_minimum, min),
        "exclusiveMaximum": (rules.exclusive_maximum, max),
    }
    found = {key: _number(bound, kind, wider) for key, (bound, wider) in named.items()}
    return {key: bound for key, bound in found.items() if bound is not None}


def _number(bound: Value | None, kind: Scalar, wider: Callable[[float, float], float]) -> float | None:
    """A bound as JSON has it, never narrower than it is: rows are checked against the exact one too."""
    if isinstance(bound, Decimal):
        near = float(bound)
        return near if near == bound else None
    if isinstance(bound, float):
        rounded = stored(bound, kind)
        assert isinstance(rounded, float), "a float is stored as one"
        return wider(bound, rounded)
    return None


assert set(_JSON_TYPE) == set(DTYPES.values()), "every family has a JSON type"
