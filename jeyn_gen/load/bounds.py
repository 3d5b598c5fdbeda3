"""Reading the bounds, both included, that a metric must keep, or a parameter."""

from __future__ import annotations

import math

from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.nodes import Node

Bounds = tuple[float | None, float | None]


def bounds(reader: Reader, node: Node, what: str, noun: str) -> Bounds:
    """`minimum` and `maximum`, of which at least one is there. `what` they are of, and a `noun` for what keeps them."""
    fields = Fields(reader, node, what)
    low, high = fields.get("minimum", read.number, None), fields.get("maximum", read.number, None)
    fields.close()
    if low is None and high is None:
        raise reader.refuse(node, "JYN105", f"{what} needs `minimum`, `maximum` or both", "add one of them")
    for key, bound in (("minimum", low), ("maximum", high)):
        if bound is not None and math.isnan(bound):
            raise reader.refuse(fields.place(key), "JYN114", f"no {noun} is above or below NaN", "write a number")
    if low is not None and high is not None and low > high:
        raise reader.refuse(fields.place("minimum"), "JYN114", f"no {noun} is at least {low} and at most {high}")
    return low, high
