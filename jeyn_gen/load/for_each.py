"""Reading `for_each`: what a step is run for, once each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from jeyn.model.constraints import shown
from jeyn.model.definitions import Parameter
from jeyn.model.references import OUTPUT, StepOutput
from jeyn.model.running import ForEach
from jeyn.model.types import Value
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Read, Reader, described
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode, SequenceNode
from jeyn_gen.load.settings import known, value_of

T = TypeVar("T")
#: What a document may list; what is longer is data, and a report can hold it.
MOST_ITEMS = 1000
_Setting = tuple[str, Value]


def for_each(taken: Iterable[Parameter]) -> Read[ForEach]:
    """A reader of the items of a step that takes these parameters, or of the report that lists them."""
    parameters = {parameter.name: parameter for parameter in taken}

    def read_setting(reader: Reader, key: ScalarNode, node: Node) -> _Setting:
        parameter = known(key.text, parameters, reader, key, "the step")
        return parameter.name, value_of(parameter)(reader, node)

    def read_axis(reader: Reader, key: ScalarNode, node: Node) -> list[_Setting]:
        parameter = known(key.text, parameters, reader, key, "the step")
        values = read.list_of(f"`{parameter.name}`", value_of(parameter), empty=False)(reader, node)
        assert isinstance(node, SequenceNode), "a list was read from it"
        _check_once(reader, node, values, lambda value: f"{shown(value)} stands twice")
        return [(parameter.name, value) for value in values]

    def read_it(reader: Reader, node: Node) -> ForEach:
        if isinstance(node, MappingNode):
            axes = read.mapping_of("`for_each`", read_axis, empty=False)(reader, node)
            _check_number(reader, node, math.prod(map(len, axes)))
            return ForEach(tuple(itertools.product(*axes)))
        if isinstance(node, SequenceNode):
            _check_number(reader, node, len(node.items))
            item = read.mapping_of("an item", read_setting, empty=False)
            items = read.list_of("`for_each`", item, empty=False)(reader, node)
            _check_once(reader, node, [frozenset(one) for one in items], lambda _: "this item stands twice")
            return ForEach(items)
        return ForEach(source=_source(reader, node))

    return read_it


def _source(reader: Reader, node: Node) -> StepOutput:
    """The report of a step."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        message = f"`for_each` must be a mapping, a list or STEP.OUTPUT, not {described(node)}"
        raise reader.refuse(node, "JYN106", message, "write parameter: [value, …], or name a report of an earlier step")
    output = OUTPUT.fullmatch(node.text)
    if output is None:
        fix = "name a step, or a step's output"
        raise reader.refuse(node, "JYN109", f"expected STEP or STEP.OUTPUT, not {node.text[:80]!r}", fix)
    return StepOutput(output["step"], output["output"] or "")


def _check_number(reader: Reader, node: Node, number: int) -> None:
    if number > MOST_ITEMS:
        raise reader.refuse(node, "JYN125", f"these are {number:,} items; a document can list {MOST_ITEMS:,}")


def _check_once(reader: Reader, node: SequenceNode, found: Sequence[T], told: Callable[[T], str]) -> None:
    seen: set[T] = set()
    for place, one in zip(node.items, found, strict=True):
        if one in seen:
            raise reader.refuse(place, "JYN124", told(one), "remove one of them")
        seen.add(one)
