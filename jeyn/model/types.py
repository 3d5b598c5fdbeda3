"""The types of a feature: a tree of scalars and tensors (structs and lists take their place here too)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What a scalar's values are, and so which constraints make sense on it."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    STRING = "string"
    BYTES = "bytes"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"


#: Every scalar dtype, by name.
DTYPES: dict[str, Family] = {
    "bool": Family.BOOLEAN,
    **{f"{sign}int{bits}": Family.INTEGER for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"float{bits}": Family.FLOAT for bits in (16, 32, 64)},
    "string": Family.STRING,
    "bytes": Family.BYTES,
    "date": Family.DATE,
    "timestamp": Family.TIMESTAMP,
    "duration": Family.DURATION,
    "decimal": Family.DECIMAL,
}

#: Families whose values have an order that `minimum` and `maximum` can use.
ORDERED = frozenset({Family.INTEGER, Family.FLOAT, Family.DECIMAL, Family.DATE, Family.TIMESTAMP, Family.DURATION})
#: Families whose values have a length.
SIZED = frozenset({Family.STRING, Family.BYTES})
#: Families that may fill a tensor: fixed-width numbers.
NUMERIC = frozenset({Family.BOOLEAN, Family.INTEGER, Family.FLOAT})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value per row.

    `timezone` belongs to a timestamp (an IANA name; empty: wall-clock time), `precision` and `scale` to a
    decimal. Timestamps and durations count microseconds.
    """

    dtype: str
    timezone: str = ""
    precision: int = 0
    scale: int = 0

    @property
    def family(self) -> Family:
        return DTYPES[self.dtype]

    def __str__(self) -> str:
        if self.family is Family.DECIMAL:
            return f"decimal({self.precision}, {self.scale})"
        return f"{self.dtype}[{self.timezone}]" if self.timezone else self.dtype


@dataclass(frozen=True, slots=True)
class Tensor:
    """One array of fixed-width numbers per row, in row-major order; -1 in `shape` is a free axis."""

    item: Scalar
    shape: tuple[int, ...]

    @property
    def is_fixed(self) -> bool:
        return -1 not in self.shape

    @property
    def size(self) -> int:
        """How many numbers one row holds; only where every axis is fixed."""
        size = 1
        for axis in self.shape:
            size *= axis
        return size

    def __str__(self) -> str:
        return f"{self.item}[{', '.join('*' if axis < 0 else str(axis) for axis in self.shape)}]"


FeatureType = Scalar | Tensor


def integer_range(dtype: str) -> tuple[int, int]:
    """The smallest and largest value of an integer dtype, both included."""
    bits = int(dtype.lstrip("uint"))
    return (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def item_of(kind: FeatureType) -> Scalar:
    """The scalar at the leaves of a type."""
    return kind.item if isinstance(kind, Tensor) else kind
