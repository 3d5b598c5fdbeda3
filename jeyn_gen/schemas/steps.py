"""Pipelines and their steps."""

from __future__ import annotations

from jeyn_gen.load.pipelines import OF_FUNCTIONS
from jeyn_gen.load.step_fields import SECRET_KEY
from jeyn_gen.schemas.fan_out import FOR_EACH, WHEN
from jeyn_gen.schemas.features import parameter
from jeyn_gen.schemas.forms import (
    BOOLEAN,
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
)
from jeyn_gen.schemas.running import PLACEMENT, RESOURCES, RETRIES, SCHEDULE, SPAN_OF_TIME, TRIGGERS

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
        "for_each": about(
            FOR_EACH,
            "Runs it once for each: every combination of parameter: [value, …], a list of mappings, or STEP.OUTPUT, a"
            " report that holds such a list.",
        ),
        "when": about(
            WHEN, "Runs it only where all hold: parameters.NAME: value or bounds, STEP.OUTPUT.METRIC: bounds."
        ),
        "code": about(
            list_of(GLOB),
            "Globs of files, besides what its module imports, whose change means that it must run again.",
        ),
        "cache": about(BOOLEAN, "false: always run.", default=True),
        "retries": about(RETRIES, "How often it is tried again after an error, and after how long.", default=0),
        "timeout": about(SPAN_OF_TIME, "How long one try may take, such as 2h."),
        "resources": RESOURCES,
        **PLACEMENT,
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
PIPELINE: dict[str, Schema] = {
    "parameters": about(mapping_of(parameter(), names=PARAMETER_NAME), "What a run can set, by name."),
    "steps": about(mapping_of(_STEP, names=NAME, least=1), "What it does, by name; their inputs tell the order."),
    "on": about(TRIGGERS, "What else starts it: merge, {new-batch: NAME@MAJOR} of a formula, or a list of these."),
    "schedule": SCHEDULE,
    "concurrency": about(integer(1), "How many runs of it an environment has at once; any number without it."),
}
