"""What a column is stored as: a feature type as far as the schema of a file tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.nested import is_list
from jeyn.model.types import NUMERIC, Scalar, Tensor
from jeyn_gen.infer.problems import NoType, shortened


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value tells a type: a column of nulls alone."""

    def __str__(self) -> str:
        return "nothing but null"


@dataclass(frozen=True, slots=True)
class Fields:
    """A struct."""

    fields: tuple[tuple[str, Stored], ...]

    def __str__(self) -> str:
        return f"struct({', '.join(f'{name}: {kind}' for name, kind in self.fields)})"


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `length` is that of all lists, where the file fixes it. Whether it is a tensor, its values tell."""

    item: Stored
    length: int | None = None

    def __str__(self) -> str:
        return f"list({self.item})"


Stored = Unknown | Scalar | Tensor | Fields | Items

#: The Arrow types without parameters that a dtype holds.
_DTYPES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (arrow_types.is_boolean, "bool"),
    (arrow_types.is_float16, "float16"),
    (arrow_types.is_float32, "float32"),
    (arrow_types.is_float64, "float64"),
    (arrow_types.is_string, "string"),
    (arrow_types.is_large_string, "string"),
    (arrow_types.is_string_view, "string"),
    (arrow_types.is_binary, "bytes"),
    (arrow_types.is_large_binary, "bytes"),
    (arrow_types.is_binary_view, "bytes"),
    (arrow_types.is_fixed_size_binary, "bytes"),
    (arrow_types.is_date, "date"),
    (arrow_types.is_duration, "duration"),
)
_NO_DTYPE: tuple[tuple[Callable[[pa.DataType], bool], str, str], ...] = (
    (arrow_types.is_time, "a time of day", "store a duration since midnight, or text"),
    (arrow_types.is_map, "a map", "store a list of structs with a key and a value each, or a struct"),
    (arrow_types.is_union, "values of several types", "give each type a column of its own"),
    (arrow_types.is_interval, "an interval of months", "store a duration, or the months as an integer"),
)


def stored(kind: pa.DataType) -> Stored:
    """What an Arrow type stores; NoType if a catalog cannot say that."""
    if isinstance(kind, pa.BaseExtensionType):
        return _extension(kind)
    if arrow_types.is_null(kind):
        return Unknown()
    if arrow_types.is_dictionary(kind) or arrow_types.is_run_end_encoded(kind):
        return stored(kind.value_type)
    if arrow_types.is_struct(kind):
        return _fields(kind)
    if is_list(kind):
        length = kind.list_size if arrow_types.is_fixed_size_list(kind) else None
        return Items(stored(kind.value_type), length)
    return _scalar(kind)


def check_name(name: str, what: str = "column") -> None:
    """NoType for what cannot be the name of a feature or field."""
    if not name.strip():
        raise NoType("it has no name", "give it one at its source")
    if "\0" in name:
        message = f"the name of {'the' if what == 'column' else 'a'} {what} holds U+0000, at which Arrow ends a name"
        raise NoType(message, f"rename the {what} at its source")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise NoType("its name is no text in UTF-8", "rename it at its source") from None


def _fields(kind: pa.StructType) -> Fields:
    names = [field.name for field in kind]
    if not names:
        raise NoType("it is a struct without fields", "leave it out at its source, or make it null")
    for name in names:
        if names.count(name) > 1:
            raise NoType(f"it is a struct with two fields `{shortened(name)}`", "rename one of them at its source")
        check_name(name, "field")
    return Fields(tuple((field.name, stored(field.type)) for field in kind))


def _scalar(kind: pa.DataType) -> Scalar:
    if arrow_types.is_integer(kind):
        return Scalar(str(kind))
    if arrow_types.is_timestamp(kind):
        return Scalar("timestamp", timezone=_zone(kind.tz) if kind.tz else "")
    if arrow_types.is_decimal(kind):
        scale = max(kind.scale, 0)
        precision = max(kind.precision - min(kind.scale, 0), scale)
        if precision > 76:
            raise NoType(f"it is {kind}, and a decimal has at most 76 digits", "cast it to fewer digits")
        return Scalar("decimal", precision=precision, scale=scale)
    for fits, dtype in _DTYPES:
        if fits(kind):
            return Scalar(dtype)
    for fits, what, fix in _NO_DTYPE:
        if fits(kind):
            raise NoType(f"it holds {what} ({kind}), for which there is no dtype", fix)
    raise NoType(f"there is no dtype for {kind}", "cast it at its source")


def _zone(name: str) -> str:
    """The zone as a document can name it. Arrow knows offsets too; the moments are the same in any zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return "UTC"
    return name


def _extension(kind: pa.BaseExtensionType) -> Stored:
    if isinstance(kind, pa.FixedShapeTensorType):
        if kind.permutation is not None and list(kind.permutation) != sorted(kind.permutation):
            raise NoType("its tensors are not in row-major order", "store them without a permutation of axes")
        return _tensor(kind.value_type, list(kind.shape))
    if kind.extension_name == "arrow.variable_shape_tensor":
        held = kind.storage_type
        return _tensor(held.field("data").type.value_type, [-1] * held.field("shape").type.list_size)
    if arrow_types.is_primitive(kind.storage_type):
        # What its numbers mean, only the extension knows.
        raise NoType(f"it is of the extension type {kind.extension_name}", "cast it to a plain type at its source")
    return stored(kind.storage_type)


def _tensor(item: pa.DataType, shape: list[int]) -> Tensor:
    scalar = _scalar(item)
    if scalar.family not in NUMERIC:
        raise NoType(f"a tensor cannot hold {scalar.dtype}", "store lists")
    return Tensor(scalar, tuple(axis or -1 for axis in shape))
