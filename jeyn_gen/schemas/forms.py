"""The few forms that the schemas of documents are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

#: The integers that a document can state where it counts something.
MOST = 2**31 - 1
TEXT: Schema = {"type": "string"}
#: Prose is any scalar but null, as it is written.
WORDS: Schema = {"type": ["string", "number", "boolean"]}
BOOLEAN: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}


def about(schema: Schema, description: str, **more: Any) -> Schema:
    """The schema with what an editor shows of it."""
    return {"description": description, **schema, **more}


def integer(least: int, most: int = MOST) -> Schema:
    """Integers from `least` to `most`. To JSON Schema `1.0` is one; `jeyn lint` refuses that."""
    return {"type": "integer", "minimum": least, "maximum": most}


def choice(*known: str) -> Schema:
    """One of several words."""
    return {"enum": list(known)}


def list_of(item: Schema, *, least: int = 0) -> Schema:
    """A list of at least so many items."""
    return {"type": "array", "items": item, **({"minItems": least} if least else {})}


def mapping_of(value: Schema, *, names: Schema | None = None, least: int = 0) -> Schema:
    """A mapping whose keys are names that people chose."""
    held: Schema = {"type": "object", "additionalProperties": value}
    if names is not None:
        held["propertyNames"] = names
    return {**held, "minProperties": least} if least else held


def fields(properties: Mapping[str, Schema], *needed: str, **more: Any) -> Schema:
    """A mapping with these keys and no others."""
    required = {"required": list(needed)} if needed else {}
    return {"type": "object", "properties": dict(properties), **required, "additionalProperties": False, **more}


def exactly_one(*keys: str) -> Schema:
    """One of these keys is there, and only one."""
    return {"oneOf": [{"title": f"with {key}", "required": [key]} for key in keys]}


def has(*keys: str, **values: object) -> Schema:
    """These keys are there, and those with a value have it."""
    held: Schema = {"required": [*keys, *values]}
    return {"properties": {key: {"const": value} for key, value in values.items()}, **held} if values else held


def when(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    """Something that holds where something else does."""
    return {"if": condition, "then": then, **({"else": otherwise} if otherwise is not None else {})}


def without(*keys: str) -> Schema:
    """None of these keys is there."""
    return {"properties": dict.fromkeys(keys, False)}
