"""The dialect of JSON Schema that Kubernetes publishes, made strict and put into the words of draft 4.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ describes structural
schemas, whose unknown fields an API server prunes, or refuses where it is asked to be strict.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft4Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

Schema = dict[str, Any]
_OPEN = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_QUANTITY = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?")  # apimachinery's, api/resource

formats = FormatChecker(formats=())


def closed_crd(schema: Schema) -> Schema:
    """The schema of a custom resource with every unknown key forbidden, but where it preserves them.

    What stands in `allOf`, `anyOf`, `oneOf` and `not` restricts values only and names no fields.
    """
    strict = _below(schema, closed_crd)
    if strict.get("x-kubernetes-int-or-string"):
        strict["anyOf"] = _INT_OR_STRING
    if _is_object(strict) and "additionalProperties" not in strict and not strict.get(_OPEN):
        if strict.get("x-kubernetes-embedded-resource"):
            strict["properties"] = {"apiVersion": {}, "kind": {}, "metadata": {}, **strict.get("properties", {})}
        strict["additionalProperties"] = False
    return strict


def _is_object(schema: Schema) -> bool:
    return schema.get("type") in ("object", ["object", "null"])


def closed(schema: Schema) -> Schema:
    """A schema of an OpenAPI document with the keys forbidden that an object with named properties does not name."""
    strict = _below(schema, closed)
    if "properties" in strict and not strict.get(_OPEN):
        strict.setdefault("additionalProperties", False)
    if "definitions" in strict:
        strict["definitions"] |= {name: loose for name, loose in _LOOSE.items() if name in strict["definitions"]}
    return strict


def _below(schema: Schema, close: Callable[[Schema], Schema]) -> Schema:
    """A copy of a schema with the schemas closed that are part of it."""
    copied = dict(schema)
    for key in ("properties", "definitions"):
        if key in copied:
            copied[key] = {name: close(one) for name, one in copied[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(copied.get(key), dict):
            copied[key] = close(copied[key])
    if close is closed and "allOf" in copied:  # there it is how a reference stands beside other keywords
        copied["allOf"] = [close(one) for one in copied["allOf"]]
    if copied.get("nullable") is True and isinstance(copied.get("type"), str):
        copied["type"] = [copied["type"], "null"]
    return copied


# What documents write as text, and Kubernetes reads from numbers too.
_LOOSE: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"anyOf": _INT_OR_STRING},
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"], "format": "quantity"},
}


@formats.checks("quantity")
def _is_quantity(value: Any) -> bool:
    return isinstance(value, int | float) or not isinstance(value, str) or bool(_QUANTITY.fullmatch(value))


@formats.checks("int32")
def _is_int32(value: Any) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@formats.checks("int64")
def _is_int64(value: Any) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@formats.checks("date-time", raises=ValueError)
def _is_time(value: Any) -> bool:
    return not isinstance(value, str) or dt.datetime.fromisoformat(value).tzinfo is not None


@formats.checks("byte", raises=binascii.Error)
def _is_base64(value: Any) -> bool:
    return not isinstance(value, str) or base64.b64decode(value, validate=True) is not None


def _list_type(validator: Any, kind: Any, entries: Any, schema: Schema) -> Iterator[ValidationError]:
    """Entries of a set differ, and those of a map in the keys that it is a map by."""
    if not isinstance(entries, list) or kind not in ("set", "map"):
        return
    keys = schema.get("x-kubernetes-list-map-keys", [])
    named = schema.get("items", {}).get("properties", {})
    defaults = {key: named.get(key, {}).get("default") for key in keys}
    seen = []
    for entry in entries:
        own = [entry.get(key, defaults[key]) for key in keys] if kind == "map" and isinstance(entry, dict) else entry
        if own in seen:
            yield ValidationError(f"{entry!r} is there twice" if kind == "set" else f"two entries have {keys} {own!r}")
        seen.append(own)


KubernetesValidator: Any = extend(Draft4Validator, {"x-kubernetes-list-type": _list_type})
