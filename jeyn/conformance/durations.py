"""Durations as text formats write them: in ISO 8601, as days and a clock, or as a number of seconds.

ISO 8601 is what pydantic and polars write, and pandas in JSON: `PT1H30M`, `-P1DT0.5S`. Days and a clock are what pandas
writes in CSV and Python as `str`, both of which count a negative one from the day before: `1 days 02:00:00`,
`-1 day, 23:59:59`. Years and months are refused, since not all are equally long, and so is what is finer than a
microsecond: nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as arrow_types

from jeyn.conformance.buffers import from_ndarray
from jeyn.conformance.misfit import REFUSALS, Misfit, first_failure, shown_at
from jeyn.conformance.nested import is_list
from jeyn.conformance.rebuilt import as_lists, list_of, struct_of
from jeyn.model.types import Scalar

_MICROSECONDS = {
    "weeks": 604_800_000_000,
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
}
_FRACTION = r"(?P<fraction>\d{1,6})0*"
_CLOCK = rf"(?P<hours>\d+):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?:\.{_FRACTION})?"
# `sign` is that of the whole, `before` that of the days alone: pandas writes minus a second as `P-1DT23H59M59S`.
_FORMS = (
    r"^(?P<sign>[-+]?)P(?:(?P<weeks>\d+)W)?(?:(?P<before>-?)(?P<days>\d+)D)?"
    rf"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:[.,]{_FRACTION})?S)?)?$",
    rf"^(?:(?P<days>\d+) days?,? )?{_CLOCK}$",
    rf"^(?P<sign>[-+]){_CLOCK}$",
    rf"^(?P<before>-)(?P<days>\d+) days?(?:,| \+) ?{_CLOCK}$",
    r"^(?P<sign>[-+]?)(?P<days>\d+) days?$",
    rf"^(?P<sign>[-+]?)(?P<seconds>\d+)(?:\.{_FRACTION})?$",
)
_HOLLOW = "[PT]$"  # ISO 8601 wants one part at least, and one after a T
#: What a text looks like that is a duration and nothing else: no time of day, and no number.
TELLING = r"^[-+]?P|^[-+]?\d+ days?\b"


def spelled(kind: pa.DataType, seen: pa.DataType | None = None) -> pa.DataType:
    """The type to read a text format by: text for a duration, or float64 where numbers were `seen`."""
    if arrow_types.is_struct(kind):
        inner = {field.name: field.type for field in seen} if seen is not None and arrow_types.is_struct(seen) else {}
        return pa.struct([pa.field(field.name, spelled(field.type, inner.get(field.name))) for field in kind])
    if is_list(kind):
        return pa.list_(spelled(kind.value_type, seen.value_type if seen is not None and is_list(seen) else None))
    if not arrow_types.is_duration(kind):
        return kind
    is_number = seen is not None and (arrow_types.is_integer(seen) or arrow_types.is_floating(seen))
    return pa.float64() if is_number else pa.string()


def without_durations(kind: pa.DataType) -> pa.DataType | None:
    """What is left of a type when a reader shall find out by itself how durations are written; None if nothing is."""
    if arrow_types.is_struct(kind):
        left = [(field.name, inner) for field in kind if (inner := without_durations(field.type)) is not None]
        return pa.struct(left) if left else None
    if is_list(kind):
        item = without_durations(kind.value_type)
        return None if item is None else pa.list_(item)
    return None if arrow_types.is_duration(kind) else kind


def with_durations(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """An array that was read by the `spelled` type as `kind`; Misfit for the first value that is no duration.

    Fields that `kind` does not have stay as they are.
    """
    if array.type == kind:
        return array
    if arrow_types.is_duration(kind):
        return _of_seconds(array) if arrow_types.is_floating(array.type) else duration_of(array)
    if arrow_types.is_struct(kind) and arrow_types.is_struct(array.type):
        return _in_structs(array, {field.name: field.type for field in kind})
    return _in_lists(as_lists(array), kind.value_type) if is_list(kind) and is_list(array.type) else array


def _in_structs(array: pa.StructArray, kinds: Mapping[str, pa.DataType]) -> pa.StructArray:
    fields: dict[str, pa.Array] = {}
    for name, held in zip((field.name for field in array.type), array.flatten(), strict=True):  # null in null structs
        try:
            fields[name] = with_durations(held, kinds.get(name, held.type))
        except Misfit as misfit:
            raise misfit.within(f".{name}", Scalar("duration"), misfit.row) from None
    return struct_of(fields, array)


def _in_lists(lists: pa.ListArray, kind: pa.DataType) -> pa.ListArray:
    try:
        return list_of(with_durations(lists.values, kind), lists)
    except Misfit as misfit:
        row = int(np.searchsorted(lists.offsets.to_numpy(), misfit.row, side="right")) - 1
        raise misfit.within("[]", Scalar("duration"), row) from None


def duration_of(texts: pa.StringArray) -> pa.Array:
    """Texts as durations in microseconds; Misfit for the first that is none, or that is too long."""
    try:
        found = _counted(texts)
    except REFUSALS:  # of more microseconds than there are
        row = first_failure(lambda length: _counted(texts.slice(0, length)), len(texts))
        raise Misfit("dtype", row, shown_at(texts, row)) from None
    if found.null_count > texts.null_count:
        row = pc.and_(texts.is_valid(), found.is_null()).index(True).as_py()
        raise Misfit("dtype", row, shown_at(texts, row))
    return found.cast(pa.duration("us"))


def _counted(texts: pa.StringArray) -> pa.Array:
    """Microseconds; null where a text is of no form."""
    counted = pa.nulls(len(texts), pa.int64())
    for form in _FORMS:
        if counted.null_count > texts.null_count:
            counted = pc.coalesce(counted, _in_form(texts, form))
    return counted


def _in_form(texts: pa.StringArray, form: str) -> pa.Array:
    hollow = pc.match_substring_regex(texts, _HOLLOW)
    parts = pc.extract_regex(pc.if_else(hollow, pa.scalar(None, pa.string()), texts), form)
    held = dict(zip((field.name for field in parts.type), parts.flatten(), strict=True))
    total = pc.if_else(parts.is_valid(), 0, None).cast(pa.int64())
    for name, unit in _MICROSECONDS.items():
        if name in held:
            part = pc.multiply_checked(_whole(held[name]), unit)
            if name == "days" and "before" in held:
                part = _signed(part, held["before"])
            total = pc.add_checked(total, part)
    if "fraction" in held:
        total = pc.add_checked(total, _whole(pc.utf8_rpad(held["fraction"], 6, "0")))
    return _signed(total, held["sign"]) if "sign" in held else total


def _whole(digits: pa.StringArray) -> pa.Array:
    """Digits as a number; none at all is 0."""
    return pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64())


def _signed(counted: pa.Array, signs: pa.StringArray) -> pa.Array:
    return pc.if_else(pc.equal(signs, "-"), pc.negate_checked(counted), counted)


def _of_seconds(numbers: pa.Array) -> pa.Array:
    """Seconds as durations in microseconds; Misfit for the first that is no whole number of these."""
    missing = numbers.is_null().to_numpy(zero_copy_only=False)
    given = numbers.fill_null(0).to_numpy()
    counted = np.rint(given * 1e6)
    # The same number is read where the microseconds are written as seconds.
    exact = (np.abs(counted) < 2.0**63) & (counted / 1e6 == given)
    if not exact.all():
        row = int(np.argmin(exact))
        raise Misfit("dtype", row, shown_at(numbers, row))
    return from_ndarray(counted.astype("m8[us]"), missing)
