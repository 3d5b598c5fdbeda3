"""The types of a feature, a tree of scalars, tensors, structs and lists, and the rules that stand at its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from jeyn.model.values import dataclass

#: A value that a document can state: of a bound, an enumeration, a default.
Value = bool | int | float | Decimal | str | bytes | date | datetime | timedelta


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


@dataclass(frozen=True, slots=True)
class Struct:
    """Several named values per row, each of a type of its own; their order in the document is wording."""

    fields: tuple[Feature, ...]

    def field(self, name: str) -> Feature | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def __str__(self) -> str:
        return f"struct({', '.join(f'{field.name}: {field.type}' for field in self.fields)})"


#: What the item of a list is called, which has no name of its own; Parquet's name for it.
ITEM = "element"


@dataclass(frozen=True, slots=True)
class List:
    """Any number of values per row, all of one type, in an order. `item` is called ITEM."""

    item: Feature

    def __str__(self) -> str:
        return f"list({self.item.type})"


FeatureType = Scalar | Tensor | Struct | List


def integer_range(dtype: str) -> tuple[int, int]:
    """The smallest and largest value of an integer dtype, both included."""
    bits = int(dtype.lstrip("uint"))
    return (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def item_of(kind: Scalar | Tensor) -> Scalar:
    """The scalar that a tensor is made of, or the scalar itself."""
    return kind.item if isinstance(kind, Tensor) else kind


@dataclass(frozen=True, slots=True)
class Constraints:
    """The rules of one feature; an absent rule is None, and holds.

    Bounds are of the feature's own type. On a tensor, bounds and `enum` hold for each number in it. Lengths
    count characters of a string, bytes of bytes, items of a list. `pattern` may match anywhere in the string, as in
    JSON Schema. `unique` holds over a whole batch.
    """

    nullable: bool = False
    minimum: Value | None = None
    maximum: Value | None = None
    exclusive_minimum: Value | None = None
    exclusive_maximum: Value | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[Value, ...] | None = None
    unique: bool = False

    def lower(self, kind: Scalar | Tensor) -> tuple[Value, bool] | None:
        """The tightest lower bound and whether it is exclusive, the range of the dtype included."""
        bounds = [(self.minimum, False), (self.exclusive_minimum, True)]
        found = [(value, strict) for value, strict in bounds if value is not None]
        scalar = item_of(kind)
        if scalar.family is Family.INTEGER:
            found = [(_int(value) + strict, False) for value, strict in found]
            found.append((integer_range(scalar.dtype)[0], False))
        return max(found, default=None)

    def upper(self, kind: Scalar | Tensor) -> tuple[Value, bool] | None:
        """The tightest upper bound and whether it is exclusive, the range of the dtype included."""
        bounds = [(self.maximum, False), (self.exclusive_maximum, True)]
        found = [(value, strict) for value, strict in bounds if value is not None]
        scalar = item_of(kind)
        if scalar.family is Family.INTEGER:
            found = [(_int(value) - strict, False) for value, strict in found]
            found.append((integer_range(scalar.dtype)[1], False))
        return min(found, key=lambda bound: (bound[0], not bound[1]), default=None)


@dataclass(frozen=True, slots=True)
class Feature:
    """One named column of a catalog, or field of a struct. What comes after `constraints` carries no meaning."""

    name: str
    type: FeatureType
    constraints: Constraints = Constraints()
    description: str = ""
    unit: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    examples: tuple[Value, ...] = ()
    renamed_from: str = ""

    @property
    def children(self) -> tuple[Feature, ...]:
        """What its values are made of: the fields of a struct, the item of a list, and nothing of others."""
        match self.type:
            case Struct(fields):
                return fields
            case List(item):
                return (item,)
        return ()

    def bare(self) -> Feature:
        """The feature without its annotations, fields of structs in the order of their names: what it means."""
        kind = self.type
        if isinstance(kind, Struct):
            kind = Struct(tuple(sorted((field.bare() for field in kind.fields), key=lambda field: field.name)))
        elif isinstance(kind, List):
            kind = List(kind.item.bare())
        return Feature(self.name, kind, self.constraints)

    def nodes(self) -> Iterator[Feature]:
        """The feature and everything within it, from the outside in, in the document's order."""
        yield self
        for child in self.children:
            yield from child.nodes()


def _int(value: Value) -> int:
    assert isinstance(value, int), "bounds of an integer are integers"
    return value
