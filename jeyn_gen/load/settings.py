"""Reading values of a pipeline's parameters where a step states them: in `for_each` and in `when`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from jeyn.model.constraints import broken, shown
from jeyn.model.definitions import Parameter
from jeyn.model.types import Value
from jeyn_gen.load.fields import Read, Reader, Refused, suggestion
from jeyn_gen.load.nodes import Node
from jeyn_gen.load.values import value


def value_of(parameter: Parameter) -> Read[Value]:
    """A reader of values that a parameter takes."""

    def read_one(reader: Reader, node: Node) -> Value:
        tried = Reader(reader.path, [])
        try:
            found = value(tried, node, parameter.type)
        except Refused:
            (problem,) = tried.findings
            message = f"the parameter `{parameter.name}` is {parameter.type}: {problem.message}"
            raise reader.refuse(node, "JYN123", message, problem.fix, problem.edit) from None
        if isinstance(found, float) and math.isnan(found):
            raise reader.refuse(node, "JYN123", f"NaN, which equals nothing, cannot be told of `{parameter.name}`")
        for rule in broken(found, parameter.type, parameter.constraints):
            raise reader.refuse(node, "JYN123", f"{shown(found)} breaks {rule} of the parameter `{parameter.name}`")
        return found

    return read_one


def known(name: str, parameters: Mapping[str, Parameter], reader: Reader, key: Node, who: str) -> Parameter:
    """The parameter of a name; `who` should have it."""
    if name in parameters:
        return parameters[name]
    fix = suggestion(name, parameters) or f"{who} has {', '.join(parameters) or 'none'}"
    raise reader.refuse(key, "JYN122", f"{who} has no parameter `{name[:80]}`", fix)
