"""Reading what starts a pipeline by itself: `schedule` and `on`."""

from __future__ import annotations

import re

from jeyn.model.definitions import Schedule
from jeyn.model.names import Pin
from jeyn_gen.load import reader as read
from jeyn_gen.load.cron import cron_problem
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.formulas import NO_PIN
from jeyn_gen.load.nodes import MappingNode, Node, SequenceNode
from jeyn_gen.load.spans import span
from jeyn_gen.load.values import timezone

_CRON_FIELD = r"[\d*/,A-Za-z?L#-]+"
CRON = re.compile(
    rf"{_CRON_FIELD}(?: +{_CRON_FIELD}){{4}}|@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)", re.ASCII
)
#: What becomes of a start while an earlier run goes on.
CONCURRENCIES = ("forbid", "allow", "replace")
MERGE, NEW_BATCH = "merge", "new-batch"


def schedule(reader: Reader, node: Node) -> Schedule:
    """When it runs."""
    fields = Fields(reader, node, "`schedule`")
    found = Schedule(
        cron=fields.need("cron", _cron, ""),
        timezone=fields.get("timezone", timezone, "UTC"),
        concurrency=fields.get("concurrency", read.choice(*CONCURRENCIES), "forbid"),
        missed=fields.get("missed", span, 0),
    )
    fields.close()
    return found


def triggers(reader: Reader, node: Node) -> tuple[Pin | None, ...]:
    """What starts it: a new batch of a formula, or None for a merge. One of these, or a list of them."""
    if not isinstance(node, SequenceNode):
        return (_trigger(reader, node),)
    found = read.list_of("`on`", _trigger, empty=False)(reader, node)
    for at, one in enumerate(found):
        if one in found[:at]:
            what = MERGE if one is None else f"a new batch of {one}"
            raise reader.refuse(node.items[at], "JYN124", f"{what} stands twice in `on`", "remove one of them")
    return found


def _trigger(reader: Reader, node: Node) -> Pin | None:
    if not isinstance(node, MappingNode):
        read.choice(MERGE)(reader, node)
        return None
    fields = Fields(reader, node, "a trigger")
    found = fields.need(NEW_BATCH, read.pin, NO_PIN)
    fields.close()
    return found


def _cron(reader: Reader, node: Node) -> str:
    text = read.text(reader, node)
    if not CRON.fullmatch(text):
        fix = 'write five fields, such as "0 3 * * *" for every day at three'
        raise reader.refuse(node, "JYN121", f"{text[:80]!r} is no cron expression", fix)
    problem = cron_problem(text)
    if problem is not None:
        raise reader.refuse(node, "JYN128", f"{text[:80]!r}: {problem}")
    return text
