"""What a step is run for, and under which conditions."""

from __future__ import annotations

from jeyn.model.references import OUTPUT
from jeyn_gen.load.conditions import METRIC, PARAMETER
from jeyn_gen.load.for_each import MOST_ITEMS
from jeyn_gen.schemas.forms import NUMBER, Schema, about, fields, list_of, mapping_of
from jeyn_gen.schemas.patterns import text, whole

# Which values a parameter takes depends on its type, which stands elsewhere.
_VALUE: Schema = {"type": ["string", "number", "boolean"]}
_BOUNDS = fields(
    {
        "minimum": about(NUMBER, "It is at least this."),
        "maximum": about(NUMBER, "It is at most this."),
    },
    title="bounds, both included",
    anyOf=[{"required": ["minimum"]}, {"required": ["maximum"]}],
)
_AXES = mapping_of(list_of(_VALUE, least=1), least=1)
_ITEMS = {**list_of(mapping_of(_VALUE, least=1), least=1), "maxItems": MOST_ITEMS}

FOR_EACH: Schema = {
    "if": {"type": "object"},
    "then": _AXES,
    "else": {"if": {"type": "array"}, "then": _ITEMS, "else": text(OUTPUT)},
}
WHEN: Schema = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": text(PARAMETER, METRIC),
    "patternProperties": {whole(PARAMETER): {"if": {"type": "object"}, "then": _BOUNDS, "else": _VALUE}},
    "additionalProperties": _BOUNDS,
}
