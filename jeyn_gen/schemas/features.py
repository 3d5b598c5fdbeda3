"""Features, fields of structs, items of lists, and parameters: a type and the rules that fit it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jeyn.model.constraints import applicable
from jeyn.model.types import DTYPES, ITEM, NUMERIC, Constraints, Family, Feature, List, Scalar, Struct, Tensor
from jeyn_gen.load.catalogs import COMPANIONS, MOST_NUMBERS
from jeyn_gen.load.constraints import BOUNDS
from jeyn_gen.schemas.forms import (
    BOOLEAN,
    TEXT,
    WORDS,
    Schema,
    about,
    choice,
    exactly_one,
    fields,
    has,
    integer,
    list_of,
    mapping_of,
    when,
    without,
)
from jeyn_gen.schemas.patterns import FEATURE_NAME
from jeyn_gen.schemas.values import value_name, value_schemas

_FEATURE: Schema = {"$ref": "#/$defs/feature"}
_FIELD: Schema = {"$ref": "#/$defs/field"}
_ANY: Schema = {}  # what it may hold depends on the dtype
_RULES = tuple(Constraints.__dataclass_fields__)
_TYPES: dict[str, Schema] = {
    "dtype": about(choice(*DTYPES), "The type of the values."),
    "timezone": about(TEXT, "Of a timestamp: an IANA name; without it, wall-clock time.", minLength=1),
    "precision": about(integer(1, 76), "Of a decimal: its digits."),
    "scale": about(integer(0, 76), "Of a decimal: how many of its digits stand after the point."),
}
_COMPOSITES: dict[str, Schema] = {
    "shape": about(
        list_of({"type": "integer", "minimum": -1, "maximum": MOST_NUMBERS, "not": {"const": 0}}, least=1),
        "A tensor per row, such as [8, 8]; -1 is a free axis.",
    ),
    "struct": about(
        mapping_of(_FIELD, names=FEATURE_NAME, least=1),
        "Several values per row: its fields by name, each with the keys of a feature.",
    ),
    "list": about(_FIELD, "Any number of values per row: what one of them is, with the keys of a feature."),
}
_RULE_KEYS: dict[str, Schema] = {
    "nullable": about(BOOLEAN, "Whether values may be missing.", default=False),
    "minimum": about(_ANY, "The least value, on each number of a tensor too."),
    "maximum": about(_ANY, "The greatest value, on each number of a tensor too."),
    "exclusive_minimum": about(_ANY, "All values are above it, on each number of a tensor too."),
    "exclusive_maximum": about(_ANY, "All values are below it, on each number of a tensor too."),
    "min_length": about(integer(0), "Of a string in characters, of bytes in bytes, of a list in items."),
    "max_length": about(integer(0), "Of a string in characters, of bytes in bytes, of a list in items."),
    "pattern": about(TEXT, "Of a string; it may match anywhere, as in JSON Schema."),
    "enum": about(list_of(_ANY, least=1), "The values that there are."),
}
_UNIQUE = about(BOOLEAN, "No value stands twice in a batch; not within a struct or list.", default=False)
_WORDS: dict[str, Schema] = {
    "description": about(WORDS, "What it is, for people."),
    "unit": about(WORDS, "What it is measured in, for people."),
    "tags": about(list_of(WORDS), "Words to find it by, for people."),
    "deprecated": about(BOOLEAN, "Whether nobody should read it any more, for people.", default=False),
    "examples": about(list_of(_ANY), "Values as they may be, for people."),
    "renamed_from": about(TEXT, "What it was called in the version before."),
}
_DEFAULT = about(_ANY, "What it is where a run does not give it; without one it must be given.")

assert {*_RULE_KEYS, "unique"} == set(_RULES), "every rule has a schema"
assert set(_TYPES) == {"dtype", *COMPANIONS}, "as has every part of a scalar's type"


def feature_definitions() -> dict[str, Schema]:
    """What the schema of features refers to, by name."""
    typed = [{"$ref": "#/$defs/rules-by-dtype"}, {"$ref": "#/$defs/rules-by-form"}]
    form = exactly_one("dtype", "struct", "list")
    field = {**_TYPES, **_COMPOSITES, **_RULE_KEYS, **_WORDS}
    feature = {**_TYPES, **_COMPOSITES, **_RULE_KEYS, "unique": _UNIQUE, **_WORDS}
    return {
        "feature": fields(feature, title="a feature", **form, allOf=typed),
        "field": fields(field, title="a field of a struct, or the item of a list", **form, allOf=typed),
        "rules-by-form": {"allOf": [_of_tensors(), *_of_composites()]},
        **parameter_definitions(),
    }


def parameter_definitions() -> dict[str, Schema]:
    """What the schema of a parameter refers to, by name."""
    rules = [*map(_of_dtype, DTYPES), _of_decimals(), *_of_timestamps(), _of_nulls()]
    return {"rules-by-dtype": {"allOf": rules}, **value_schemas()}


def features() -> Schema:
    """The features of a catalog, by name."""
    return mapping_of(_FEATURE, names=FEATURE_NAME, least=1)


def parameter() -> Schema:
    """A parameter of a pipeline."""
    known = {**_TYPES, **_RULE_KEYS, "default": _DEFAULT, "description": _WORDS["description"]}
    return fields(known, "dtype", title="a parameter", allOf=[{"$ref": "#/$defs/rules-by-dtype"}])


def _of_dtype(dtype: str) -> Schema:
    """Which rules and companions go with a dtype, and what the values are that they state."""
    fitting = applicable(Scalar(dtype))
    value: Schema = {} if dtype == "timestamp" else {"$ref": f"#/$defs/{value_name(dtype)}"}
    held = {key: schema for key, schema in _of_value(value).items() if key in fitting or key not in _RULES}
    strangers = [key for key in _RULES if key not in fitting]
    strangers += [key for key, family in COMPANIONS.items() if family is not DTYPES[dtype]]
    return when(has(dtype=dtype), {"properties": {**held, **dict.fromkeys(strangers, False)}})


def _of_value(value: Schema) -> Mapping[str, Schema]:
    """The keys that state values of a type."""
    if not value:
        return {}
    listed = {"items": value}
    return {
        **dict.fromkeys(BOUNDS, value),
        "enum": listed,
        "examples": listed,
        "default": {"anyOf": [value, {"type": "null"}]},
    }


def _of_decimals() -> Schema:
    return when(has(dtype="decimal"), {"required": ["precision", "scale"]})


def _of_timestamps() -> Iterable[Schema]:
    """Values of a timestamp have an offset if, and only if, it has a time zone."""
    naive, zoned = ({"$ref": f"#/$defs/{value_name('timestamp', zoned=zoned)}"} for zoned in (False, True))
    then, otherwise = ({"properties": dict(_of_value(value))} for value in (zoned, naive))
    yield when(has(dtype="timestamp"), when(has("timezone"), then, otherwise))


def _of_nulls() -> Schema:
    """Null is a default only of what may be null."""
    return when(has("default"), when(has(nullable=True), {}, {"properties": {"default": {"not": {"type": "null"}}}}))


def _of_tensors() -> Schema:
    numeric = [dtype for dtype, family in DTYPES.items() if family in NUMERIC]
    strangers = {key for key in _RULES if key not in applicable(Tensor(Scalar("float64"), (1,)))}
    then = {**without(*sorted(strangers)), "required": ["dtype"]}
    then["properties"] = {**then["properties"], "dtype": choice(*numeric)}
    return when(has("shape"), then)


def _of_composites() -> Iterable[Schema]:
    """A struct and a list have few rules, and no values that a document could state."""
    inner = Feature(ITEM, Scalar("bool"))
    for form, kind in (("struct", Struct((inner,))), ("list", List(inner))):
        strangers = [key for key in _RULES if key not in applicable(kind)]
        yield when(has(form), without(*strangers, "shape", *COMPANIONS, "examples"))


assert applicable(Tensor(Scalar("float64"), (1,))) >= applicable(Tensor(Scalar("bool"), (1,))), "bounds fit the most"
assert Family.TIMESTAMP is COMPANIONS["timezone"], "what decides whether a timestamp has an offset"
