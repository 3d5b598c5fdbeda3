"""An order in which things that need each other can be done, and the cycles that forbid one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

T = TypeVar("T")


def ordered(needs: Mapping[T, Iterable[T]]) -> tuple[list[T], list[list[T]]]:
    """Everything after what it needs, otherwise in the order given; and every cycle, its first node again at its end.

    With a cycle the order leaves out one need of each.
    """
    remaining = {node: list(dict.fromkeys(need)) for node, need in needs.items()}
    cycles: list[list[T]] = []
    while True:
        sorter = TopologicalSorter(remaining)
        try:
            sorter.prepare()
        except CycleError as error:
            cycle = list(reversed(error.args[1]))
            cycles.append(cycle)
            remaining[cycle[0]].remove(cycle[1])
            continue
        break
    place = {node: number for number, node in enumerate(remaining)}
    order: list[T] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda node: place.get(node, len(place)))
        order += ready
        sorter.done(*ready)
    return order, cycles
