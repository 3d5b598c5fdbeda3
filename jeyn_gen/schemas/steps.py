"""Pipelines and their steps."""

from __future__ import annotations

from jeyn_gen.load.pipelines import CRON, OF_FUNCTIONS, QUANTITY, SECRET_KEY
from jeyn_gen.schemas.features import parameter
from jeyn_gen.schemas.forms import (
    BOOLEAN,
    TEXT,
    WORDS,
    Schema,
    about,
    exactly_one,
    fields,
    has,
    integer,
    list_of,
    mapping_of,
    when,
    without,
)
from jeyn_gen.schemas.patterns import (
    FUNCTION,
    GLOB,
    IDENTIFIER,
    INPUT_NAME,
    NAME,
    OUTPUT_NAME,
    PARAMETER_NAME,
    PIN,
    SOURCE,
    text,
    whole,
)

#: A Kubernetes quantity, which is a number where it has no unit.
_QUANTITY: Schema = {"type": ["string", "number"], "pattern": whole(QUANTITY), "minimum": 0}
_INPUT: Schema = {
    "if": {"type": "object"},
    "then": fields(
        {
            "from": about(SOURCE, "STEP, STEP.OUTPUT, NAME@MAJOR#latest or NAME#NUMBER."),
            "catalog": about(PIN, "The catalog that it is read as, as NAME@MAJOR."),
        },
        "from",
    ),
    "else": SOURCE,
}
_OUTPUT: Schema = {
    "if": {"type": "object"},
    "then": fields({"report": about(NAME, "The report that it is.")}, "report"),
    "else": PIN,
}
_STEP = fields(
    {
        "formula": about(PIN, "The formula that it runs, as NAME@MAJOR."),
        "function": about(FUNCTION, "The function that it runs, as package.module:function."),
        "inputs": about(
            mapping_of(_INPUT, names=INPUT_NAME),
            "name: STEP, STEP.OUTPUT, NAME@1#latest, NAME#42, or {from: …, catalog: NAME@1} to read it as a catalog.",
        ),
        "outputs": about(mapping_of(_OUTPUT, names=OUTPUT_NAME), "name: a use case, a formula, or {report: NAME}."),
        "parameters": about(
            # YAML takes `true` for a boolean, and it can be a parameter's name.
            list_of({**IDENTIFIER, "type": ["string", "boolean"]}),
            "Which of the pipeline's parameters it takes; all of them if left out.",
        ),
        "code": about(
            list_of(GLOB),
            "Globs of files, besides what its module imports, whose change means that it must run again.",
        ),
        "cache": about(BOOLEAN, "false: always run.", default=True),
        "retries": about(integer(0), "How often it is tried again after an error.", default=0),
        "resources": fields(
            {
                "cpu": about(_QUANTITY, "Processors, such as 2 or 500m."),
                "memory": about(_QUANTITY, "Memory, such as 4Gi."),
                "gpu": about(integer(0), "Graphics processors.", default=0),
            },
            description="cpu, memory, gpu; numeric libraries get as many threads as cpu says, else one.",
        ),
        "secrets": about(
            mapping_of(text(SECRET_KEY), names=PARAMETER_NAME),
            "name: the key of a secret in the environment's secret store; only with function.",
        ),
        "description": about(WORDS, "What it does, for people."),
    },
    title="a step",
    **exactly_one("formula", "function"),
    allOf=[when(has("formula"), without(*OF_FUNCTIONS))],
)
_SCHEDULE = fields(
    {
        "cron": about(text(CRON), 'Five fields, such as "0 3 * * *" for every day at three.'),
        "timezone": about(TEXT, "An IANA name.", minLength=1, default="UTC"),
    },
    "cron",
    description="When it runs by itself.",
)

PIPELINE: dict[str, Schema] = {
    "parameters": about(mapping_of(parameter(), names=PARAMETER_NAME), "What a run can set, by name."),
    "steps": about(mapping_of(_STEP, names=NAME, least=1), "What it does, by name; their inputs tell the order."),
    "schedule": _SCHEDULE,
}
