"""A value that is not, without loss, of its feature's type: how it is found and shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np
import pyarrow as pa

from jeyn.model.types import FeatureType

#: What pyarrow and numpy raise for a value that they cannot convert.
REFUSALS = (pa.ArrowException, TypeError, ValueError, OverflowError)

_SHOWN = 60
# Classes whose `str` says as much as their `repr`, with less noise.
_TELLING = (date, timedelta, Decimal, np.generic)


class Misfit(Exception):
    """The first value of an array that does not fit; `row` counts from the array's start.

    Within a struct or list, `path` leads to what does not fit (`.street`, `[].x`) and `kind` is its type; both are
    empty for the array's own values. It never leaves the package: `ingest` makes it a ConformanceError.
    """

    def __init__(
        self,
        rule: Literal["dtype", "shape", "fields"],
        row: int,
        value: str,
        path: str = "",
        kind: FeatureType | None = None,
    ) -> None:
        super().__init__(f"{rule} at row {row}: {value}")
        self.rule = rule
        self.row = row
        self.value = value
        self.path = path
        self.kind = kind

    def at(self, row: int) -> Misfit:
        """The same in another row."""
        return Misfit(self.rule, row, self.value, self.path, self.kind)

    def within(self, step: str, kind: FeatureType, row: int) -> Misfit:
        """The same seen from what holds the array: a struct by `.FIELD`, a list by `[]`."""
        return Misfit(self.rule, row, self.value, step + self.path, self.kind or kind)


def first_failure(converts: Callable[[int], object], length: int) -> int:
    """The row that makes a conversion of `length` rows fail, by bisection over how many of them `converts` takes.

    Meant for a conversion that has failed; the answer is then the last row at the latest.
    """
    taken, failing = 0, length
    while failing - taken > 1:
        middle = (taken + failing) // 2
        try:
            converts(middle)
        except REFUSALS:
            failing = middle
        else:
            taken = middle
    return taken


def shown_at(array: pa.Array, row: int) -> str:
    """One value of an array as a message shows it, with the Arrow type that it came in."""
    try:
        value = array[row].as_py()
    except (ValueError, OverflowError):  # what Python's own types cannot hold: nanoseconds, far years
        value = array.slice(row, 1).cast(pa.string())[0].as_py()
    return f"{shortened(value)} ({array.type})"


def shortened(value: object) -> str:
    """A value as a person writes it, text in quotes; cut where a message would drown in it."""
    return cut(str(value) if isinstance(value, _TELLING) else repr(value))


def cut(text: str) -> str:
    """The beginning of a text that is too long for a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
