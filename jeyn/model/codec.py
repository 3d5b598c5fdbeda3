"""Definitions as plain JSON values and back, and the digest of what they mean.

A dataclass becomes `{"is": CLASS, FIELD: …}` without the fields that hold their default, so a field that is added
later with a default changes no digest of what was written before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jeyn.model import definitions, names, plan, references, running, types
from jeyn.model.definitions import (
    DataCatalog,
    DatasetFormula,
    Definition,
    FilesRecipe,
    MLUseCase,
    Pipeline,
    PythonRecipe,
)

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

# The names on the left are persisted: never reuse one for something else.
_CLASSES: dict[str, type[Any]] = {
    "Version": names.Version,
    "Pin": names.Pin,
    "Scalar": types.Scalar,
    "Tensor": types.Tensor,
    "Struct": types.Struct,
    "List": types.List,
    "Constraints": types.Constraints,
    "StepOutput": references.StepOutput,
    "Recorded": references.Recorded,
    "Feature": types.Feature,
    "DataCatalog": definitions.DataCatalog,
    "FilesRecipe": definitions.FilesRecipe,
    "PythonRecipe": definitions.PythonRecipe,
    "CompositeRecipe": definitions.CompositeRecipe,
    "ModelRecipe": definitions.ModelRecipe,
    "DatasetFormula": definitions.DatasetFormula,
    "Gate": definitions.Gate,
    "Promotion": definitions.Promotion,
    "MLUseCase": definitions.MLUseCase,
    "Parameter": definitions.Parameter,
    "Resources": definitions.Resources,
    "ForEach": running.ForEach,
    "Condition": running.Condition,
    "Backoff": running.Backoff,
    "Toleration": running.Toleration,
    "Placement": running.Placement,
    "PlannedInput": plan.PlannedInput,
    "PlannedOutput": plan.PlannedOutput,
    "PlannedStep": plan.PlannedStep,
    "Plan": plan.Plan,
    # These are kept for as long as the same Jeyn reads them, and never recorded.
    "InputSource": definitions.InputSource,
    "OutputTarget": definitions.OutputTarget,
    "Step": definitions.Step,
    "Schedule": definitions.Schedule,
    "Pipeline": definitions.Pipeline,
}
_NAMES = {cls: name for name, cls in _CLASSES.items()}
# The fields of each class, each with its default, which is MISSING where it has none: `fields` takes its time.
_FIELDS = {cls: [(field.name, field.default) for field in fields(cls)] for cls in _NAMES}
_PLAIN = frozenset({type(None), bool, int, str})


def canonical(value: Json) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: the same value gives the same bytes.

    ValueError on NaN and infinities, which JSON does not have (`encode` writes them as text).
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(data: bytes) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def encode(value: Any) -> Json:
    """A model value as plain JSON; TypeError for anything else."""
    kind = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[no-any-return]  # it is of one of four types
    if kind in _NAMES:
        held: dict[str, Json] = {"is": _NAMES[kind]}
        for name, default in _FIELDS[kind]:
            item = getattr(value, name)
            if item is not default and item != default:
                held[name] = encode(item)
        return held
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return _encode_scalar(value)


def _encode_scalar(value: Any) -> Json:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else {"is": "float", "text": repr(value)}
    if isinstance(value, Decimal):
        return {"is": "decimal", "text": str(value)}
    if isinstance(value, datetime):
        return {"is": "timestamp", "text": value.isoformat()}
    if isinstance(value, date):
        return {"is": "date", "text": value.isoformat()}
    if isinstance(value, timedelta):
        return {"is": "duration", "microseconds": value // timedelta(microseconds=1)}
    if isinstance(value, bytes):
        return {"is": "bytes", "hex": value.hex()}
    raise TypeError(f"not a value of the model: {value!r}")


def decode(value: Json) -> Any:
    """The inverse of `encode`; KeyError for a class that this version does not know."""
    if isinstance(value, dict):
        kind = str(value["is"])
        if kind not in _CLASSES:
            return _decode_scalar(kind, value)
        given = {key: item if type(item) in _PLAIN else decode(item) for key, item in value.items()}
        del given["is"]
        return _CLASSES[kind](**given)
    return tuple([decode(item) for item in value]) if isinstance(value, list) else value


def _decode_scalar(kind: str, value: dict[str, Json]) -> Any:
    match kind:
        case "float":
            return float(str(value["text"]))
        case "decimal":
            return Decimal(str(value["text"]))
        case "timestamp":
            return datetime.fromisoformat(str(value["text"]))
        case "date":
            return date.fromisoformat(str(value["text"]))
        case "duration":
            return timedelta(microseconds=int(str(value["microseconds"])))
        case "bytes":
            return bytes.fromhex(str(value["hex"]))
    raise KeyError(kind)


def meaning(definition: Definition, catalogs: dict[names.Pin, DataCatalog]) -> Json:
    """What a definition means, without its wording: the digest's input.

    Features stand in the order of their names, since their order in the file is wording. `catalogs` holds those
    that the definition pins; KeyError if one is missing.
    """
    common: dict[str, Json] = {"name": definition.name, "line": definition.version.line}
    if isinstance(definition, DataCatalog):
        ordered = sorted(definition.features, key=lambda feature: feature.name)
        features: list[Json] = [encode(feature.bare()) for feature in ordered]
        return {"kind": "DataCatalog", **common, "features": features}
    if isinstance(definition, DatasetFormula):
        recipe: Any = definition.recipe
        if isinstance(recipe, PythonRecipe):
            recipe = replace(recipe, inputs=tuple(sorted(recipe.inputs)))
        if isinstance(recipe, FilesRecipe):
            recipe = replace(recipe, url="")  # where the files lie is configuration; what was read is recorded
        catalog = definition_digest(catalogs[definition.catalog], catalogs)
        return {"kind": "DatasetFormula", **common, "catalog": catalog, "recipe": encode(recipe)}
    if isinstance(definition, MLUseCase):
        inputs, outputs = catalogs[definition.inputs], catalogs[definition.outputs]
        return {
            "kind": "MLUseCase",
            **common,
            "inputs": definition_digest(inputs, catalogs),
            "outputs": definition_digest(outputs, catalogs),
        }
    assert isinstance(definition, Pipeline)
    raise TypeError("a pipeline's artefacts are of its formulas, use cases and reports; it has no digest of its own")


def definition_digest(definition: Definition, catalogs: dict[names.Pin, DataCatalog]) -> str:
    """The digest of a definition's meaning."""
    return digest(canonical(meaning(definition, catalogs)))
