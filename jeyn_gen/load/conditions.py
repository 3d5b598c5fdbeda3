"""Reading `when`: what must hold for a step to run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from jeyn.model.definitions import Parameter
from jeyn.model.names import NAME
from jeyn.model.references import StepOutput
from jeyn.model.running import Condition
from jeyn.model.types import Family
from jeyn_gen.load import reader as read
from jeyn_gen.load.bounds import Bounds, bounds
from jeyn_gen.load.fields import Read, Reader
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode
from jeyn_gen.load.settings import known, value_of

PARAMETER = re.compile(r"parameters\.(?P<name>[^.]+)")
METRIC = re.compile(rf"(?P<step>{NAME})\.(?P<output>[A-Za-z]\w*)\.(?P<metric>[\s\S]+)", re.ASCII)
#: Families whose values can keep bounds that are numbers.
_NUMBERS = frozenset({Family.INTEGER, Family.FLOAT, Family.DECIMAL})


def conditions(declared: Iterable[Parameter]) -> Read[tuple[Condition, ...]]:
    """A reader of what must hold in a pipeline that declares these parameters."""
    parameters = {parameter.name: parameter for parameter in declared}

    def read_one(reader: Reader, key: ScalarNode, node: Node) -> Condition:
        asked = PARAMETER.fullmatch(key.text)
        if asked is not None:
            return _of_parameter(reader, node, known(asked["name"], parameters, reader, key, "the pipeline"))
        asked = METRIC.fullmatch(key.text)
        if asked is None:
            fix = "name a parameter of the pipeline, or a metric of what an earlier step gives"
            message = f"expected parameters.NAME or STEP.OUTPUT.METRIC, not {key.text[:80]!r}"
            raise reader.refuse(key, "JYN109", message, fix)
        low, high = bounds(reader, node, f"metric `{asked['metric'][:80]}`", "metric")
        source = StepOutput(asked["step"], asked["output"])
        return Condition(source=source, metric=asked["metric"], minimum=low, maximum=high)

    return read.mapping_of("`when`", read_one, empty=False)


def _of_parameter(reader: Reader, node: Node, parameter: Parameter) -> Condition:
    if not isinstance(node, MappingNode):
        return Condition(parameter.name, equals=value_of(parameter)(reader, node))
    low, high = bounds(reader, node, f"parameter `{parameter.name}`", "value")
    if parameter.type.family not in _NUMBERS:
        message = f"`{parameter.name}` is {parameter.type}, which keeps no bounds"
        raise reader.refuse(node, "JYN126", message, "write the value that it must have")
    if not _can_hold(parameter, (low, high)):
        raise reader.refuse(node, "JYN126", f"no value that `{parameter.name}` can have keeps these bounds")
    return Condition(parameter.name, minimum=low, maximum=high)


def _can_hold(parameter: Parameter, asked: Bounds) -> bool:
    """Whether a parameter has a value between two bounds, both included; NaN aside, which keeps none."""
    low, high = asked
    rules = parameter.constraints
    if rules.enum is not None:
        listed: list[Any] = list(rules.enum)
        return any((low is None or value >= low) and (high is None or value <= high) for value in listed)
    lower: Any = rules.lower(parameter.type)
    upper: Any = rules.upper(parameter.type)
    is_too_low = high is not None and lower and (lower[0] > high or (lower[0] == high and lower[1]))
    is_too_high = low is not None and upper and (upper[0] < low or (upper[0] == low and upper[1]))
    return not is_too_low and not is_too_high
