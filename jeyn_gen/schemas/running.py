"""How and where steps are run, and what starts a pipeline by itself."""

from __future__ import annotations

from jeyn.model.spans import SPAN
from jeyn_gen.load.placement import EFFECTS, LABEL_KEY, LABEL_VALUE, OPERATORS
from jeyn_gen.load.schedules import CONCURRENCIES, CRON, MERGE, NEW_BATCH
from jeyn_gen.load.step_fields import CPU, MEMORY
from jeyn_gen.schemas.forms import TEXT, Schema, about, choice, fields, integer, list_of, mapping_of
from jeyn_gen.schemas.patterns import NAME, PIN, text, whole

SPAN_OF_TIME = text(SPAN)
#: Kubernetes quantities, which are numbers where they have no unit.
_CPU: Schema = {"type": ["string", "number"], "pattern": whole(CPU), "exclusiveMinimum": 0}
_MEMORY: Schema = {**_CPU, "pattern": whole(MEMORY)}
_LABEL = text(LABEL_VALUE)

RETRIES: Schema = {
    "if": {"type": "object"},
    "then": fields(
        {
            "limit": about(integer(0), "How often it is tried again."),
            "backoff": about(SPAN_OF_TIME, "How long it waits before the first retry, such as 30s."),
            "factor": about(integer(1), "How many times longer before each further one.", default=1),
            "longest": about(SPAN_OF_TIME, "How long it waits at most."),
        },
        "limit",
        dependentRequired={"factor": ["backoff"], "longest": ["backoff"]},
    ),
    "else": integer(0),
}
RESOURCES = fields(
    {
        "cpu": about(_CPU, "Processors, such as 2 or 500m."),
        "memory": about(_MEMORY, "Memory, such as 4Gi."),
        "gpu": about(integer(0), "Graphics processors.", default=0),
    },
    description="cpu, memory, gpu; numeric libraries get as many threads as cpu says, else one.",
)
PLACEMENT: dict[str, Schema] = {
    "image": about(NAME, "The target of the Dockerfile whose image it runs in, where it is not the last."),
    "node_selector": about(
        mapping_of(_LABEL, names={"pattern": whole(LABEL_KEY)}), "Labels of the nodes that it may run on."
    ),
    "tolerations": about(
        list_of(
            fields(
                {
                    "key": about({"type": ["string", "number", "boolean"]}, "The key of the taint; any, without it."),
                    "operator": about(choice(*OPERATORS), "Whether its value counts.", default="Equal"),
                    "value": about(_LABEL, "The value of the taint."),
                    "effect": about(choice(*EFFECTS), "What the taint does; anything, without it."),
                    "seconds": about(integer(0), "For how long; for ever, without it. Only with NoExecute."),
                },
                title="a toleration",
            )
        ),
        "Taints of nodes that it may run on nevertheless.",
    ),
}
SCHEDULE = fields(
    {
        "cron": about(text(CRON), 'Five fields, such as "0 3 * * *" for every day at three.'),
        "timezone": about(TEXT, "An IANA name.", minLength=1, default="UTC"),
        "concurrency": about(
            choice(*CONCURRENCIES), "What becomes of a start while an earlier run goes on.", default="forbid"
        ),
        "missed": about(SPAN_OF_TIME, "How late a start that was missed may still be made up for, such as 10m."),
    },
    "cron",
    description="When it runs by itself.",
)
_TRIGGER: Schema = {
    "if": {"type": "object"},
    "then": fields({NEW_BATCH: about(PIN, "The formula, as NAME@MAJOR.")}, NEW_BATCH),
    "else": choice(MERGE),
}
TRIGGERS: Schema = {"if": {"type": "array"}, "then": list_of(_TRIGGER, least=1), "else": _TRIGGER}
