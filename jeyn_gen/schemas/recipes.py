"""Formulas and use cases."""

from __future__ import annotations

from jeyn_gen.load.formulas import FORMATS, HOWS, SERIALIZERS
from jeyn_gen.schemas.forms import (
    NUMBER,
    TEXT,
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
)
from jeyn_gen.schemas.patterns import DIGEST, FUNCTION, INPUT_NAME, NAME, NOT_BLANK, PIN

_INPUTS = about(mapping_of(PIN, names=INPUT_NAME), "What it reads: name: formula.")
_ENDINGS = "|".join(ending.removeprefix(".") for ending in FORMATS)
_CALLED = about(FUNCTION, "`package.module:function`.")

_FILES = fields(
    {
        "url": about({**TEXT, "pattern": NOT_BLANK}, "A glob, relative to the project, of the files."),
        "format": about(choice(*dict.fromkeys(FORMATS.values())), "What the files are; by the ending if left out."),
    },
    "url",
    description="A batch of the objects that no batch holds yet; none if there are none.",
    # Trailing slashes and dots are no part of a path's name.
    **when({"not": has("format")}, {"properties": {"url": {"pattern": rf"[^/]\.(?:{_ENDINGS})(?:/+\.?)*$"}}}),
)
_PYTHON = fields(
    {"function": _CALLED, "inputs": _INPUTS},
    "function",
    description="What the function returns: a frame, a table, arrays by feature, rows.",
)
_COMPOSITE = fields(
    {
        "inputs": {**_INPUTS, "minProperties": 2},
        "on": about(list_of(TEXT, least=1), "The keys that the inputs are joined on; without it, side by side."),
        "how": about(choice(*HOWS), "Which rows a join keeps.", default="inner"),
    },
    "inputs",
    description="The inputs joined on keys, or side by side without `on`.",
    dependentRequired={"how": ["on"]},
)
_MODEL = fields(
    {
        "batch": about(PIN, "The formula whose batches pass through the model."),
        "checkpoint": about(PIN, "The use case whose checkpoints are used."),
        "function": about(FUNCTION, "`package.module:function` of the model and a slice of rows."),
        "rows": about(integer(1), "How many rows a slice has.", default=65536),
    },
    "batch",
    "checkpoint",
    "function",
    description="What `function(model, slice)` returns, slice by slice.",
)
_GATE = fields(
    {
        "minimum": about(NUMBER, "A checkpoint below it cannot be promoted."),
        "maximum": about(NUMBER, "A checkpoint above it cannot be promoted."),
    },
    title="a gate",
    anyOf=[{"required": ["minimum"]}, {"required": ["maximum"]}],
)
_PROMOTION = fields(
    {
        "checkpoint": about(TEXT, "The checkpoint, as NAME#NUMBER."),
        "digest": about(DIGEST, "Its digest, as sha256:DIGITS."),
    },
    "checkpoint",
    "digest",
    title="what is promoted to a stage",
)

FORMULA: dict[str, Schema] = {
    "catalog": about(PIN, "The catalog that its batches conform to, as NAME@MAJOR."),
    "recipe": fields(
        {"files": _FILES, "python": _PYTHON, "composite": _COMPOSITE, "model": _MODEL},
        description="How its batches are made.",
        **exactly_one("files", "python", "composite", "model"),
    ),
}
USE_CASE: dict[str, Schema] = {
    "inputs": about(PIN, "The catalog of what its checkpoints take, as NAME@MAJOR."),
    "outputs": about(PIN, "The catalog of what its checkpoints give, as NAME@MAJOR."),
    "metrics": about(mapping_of(_GATE), "Gates: a checkpoint whose metric is beyond them cannot be promoted."),
    "promoted": about(mapping_of(_PROMOTION, names=NAME), "Which checkpoint serves which stage."),
    "serializer": about(choice(*SERIALIZERS), "How checkpoints are written; by the model's type if left out."),
    "trusted": about(list_of(TEXT), "Types that skops may load beyond its own list, such as `sklearn.*`."),
}
