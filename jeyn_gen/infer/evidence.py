"""What was seen of a column, in memory that does not grow with its rows."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jeyn.conformance.misfit import Misfit
from jeyn.conformance.scalars import fit_scalars
from jeyn.conformance.taking import drop_null
from jeyn.model.types import ORDERED, SIZED, Family, Scalar, Value

#: So many different values are counted, and so many bytes of them kept, before counting stops.
MOST_DISTINCT = 100_000
_MOST_BYTES = 16 << 20


class Unfit(Exception):
    """A value that the type of its column does not hold; `path` leads to it."""

    def __init__(self, path: str, value: str, kind: Scalar) -> None:
        super().__init__(f"{path}: {value}")
        self.path = path
        self.value = value
        self.kind = kind


class Distinct:
    """The different values of a column, until there are too many of them."""

    def __init__(self) -> None:
        self._seen: pa.Array | None = None
        self._is_full = False

    def add(self, values: pa.Array) -> None:
        if self._is_full:
            return
        found = values.unique()
        self._seen = found if self._seen is None else pa.concat_arrays([self._seen, found]).unique()
        if len(self._seen) > MOST_DISTINCT or self._seen.nbytes > _MOST_BYTES:
            self._is_full, self._seen = True, None

    @property
    def count(self) -> int | None:
        """How many there are; None beyond MOST_DISTINCT."""
        return None if self._is_full else 0 if self._seen is None else len(self._seen)

    def values(self) -> list[Any]:
        """All of them, in the order in which they were met; only where `count` is known."""
        return [] if self._seen is None else self._seen.to_pylist()


class UnknownEvidence:
    """Of a column that is null throughout."""

    def __init__(self) -> None:
        self.values = 0
        self.nulls = 0

    def add_nulls(self, count: int) -> None:
        self.nulls += count

    def update(self, array: pa.Array) -> None:
        self.nulls += len(array)


class ScalarEvidence:
    """Of single values: how many, between which they lie, how long they are, how many different ones."""

    def __init__(self, path: str, kind: Scalar) -> None:
        self._path = path
        self.kind = kind
        self.values = 0
        self.nulls = 0
        self.nans = 0
        self.distinct = Distinct()
        self._range: tuple[Any, Any] | None = None
        self.lengths: tuple[int, int] | None = None

    def add_nulls(self, count: int) -> None:
        self.nulls += count

    def update(self, array: pa.Array) -> None:
        """Take in values of any Arrow type that the column's type holds; Unfit for one that it does not."""
        try:
            fitted = fit_scalars(array, self.kind)
        except Misfit as misfit:
            raise Unfit(self._path, misfit.value, self.kind) from None
        self.nulls += fitted.null_count
        held = drop_null(fitted)
        self.values += len(held)
        if not len(held):
            return
        if self.kind.dtype == "float16":  # for which Arrow has no such kernels
            held = held.cast(pa.float32())
        self.distinct.add(held)
        if self.kind.family is Family.FLOAT:
            self.nans += pc.sum(pc.is_nan(held)).as_py()
        if self.kind.family in ORDERED:
            self._widen(held)
        if self.kind.family in SIZED:
            counted = pc.min_max((pc.utf8_length if self.kind.family is Family.STRING else pc.binary_length)(held))
            least, most = counted["min"].as_py(), counted["max"].as_py()
            low, high = self.lengths or (least, most)
            self.lengths = min(least, low), max(most, high)

    def _widen(self, held: pa.Array) -> None:
        if self.kind.family in (Family.DURATION, Family.DATE, Family.TIMESTAMP):
            held = held.cast(
                pa.int32() if self.kind.family is Family.DATE else pa.int64()
            )  # of any size, unlike Python's
        found = pc.min_max(held)
        low, high = found["min"].as_py(), found["max"].as_py()
        if isinstance(low, float) and math.isnan(low):  # there is nothing else
            return
        if self._range is not None:
            low, high = min(low, self._range[0]), max(high, self._range[1])
        self._range = low, high

    @property
    def range(self) -> tuple[Value, Value] | None:
        """The least and the greatest value, NaN left out; None without any, or where Python has no such time."""
        if self._range is None:
            return None
        try:
            low, high = (_value(bound, self.kind) for bound in self._range)
        except OverflowError:
            return None
        return low, high


def _value(counted: Any, kind: Scalar) -> Value:
    """A value from what Arrow counts times in: days since 1970, or microseconds."""
    match kind.family:
        case Family.DATE:
            return (datetime(1970, 1, 1) + timedelta(days=counted)).date()
        case Family.TIMESTAMP:
            return datetime(1970, 1, 1, tzinfo=UTC if kind.timezone else None) + timedelta(microseconds=counted)
        case Family.DURATION:
            return timedelta(microseconds=counted)
    found: Value = counted
    return found
