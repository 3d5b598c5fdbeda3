"""The one type that holds what two files store under a name."""

from __future__ import annotations

from jeyn.model.types import DTYPES, Family, Scalar, Tensor, integer_range
from jeyn_gen.infer.stored import Fields, Items, Stored, Unknown


def joined(one: Stored, other: Stored) -> Stored | None:
    """The narrowest type that holds the values of both exactly, or None: text and numbers stay apart, say.

    Integers and float64 join as float64, which is what pandas writes of integers where some are missing; whether it
    holds each of them, reading tells. Of structs the fields are united.
    """
    match one, other:
        case Unknown(), _:
            return other
        case _, Unknown():
            return one
        case Scalar(), Scalar():
            return _scalars(one, other)
        case Tensor(), Tensor():
            return _tensors(one, other)
        case Items(item, length), Items(its_item, its_length):
            held = joined(item, its_item)
            return None if held is None else Items(held, length if length == its_length else None)
        case Fields(), Fields():
            return _fields(one, other)
    return None


def _scalars(one: Scalar, other: Scalar) -> Scalar | None:
    if one == other:
        return one
    families = {one.family, other.family}
    if families == {Family.INTEGER, Family.FLOAT}:
        return Scalar("float64") if "float64" in (one.dtype, other.dtype) else None
    if len(families) > 1:
        return None
    if one.family is Family.INTEGER:
        return _integers(one, other)
    if one.family is Family.FLOAT:
        return max(one, other, key=lambda kind: int(kind.dtype.removeprefix("float")))
    if one.family is Family.DECIMAL:
        scale = max(one.scale, other.scale)
        precision = max(one.precision - one.scale, other.precision - other.scale) + scale
        return Scalar("decimal", precision=precision, scale=scale) if precision <= 76 else None
    # Timestamps: the moments are the same in any zone, but wall-clock time is none.
    return Scalar("timestamp", timezone="UTC") if one.timezone and other.timezone else None


def _integers(one: Scalar, other: Scalar) -> Scalar | None:
    ranges = (integer_range(one.dtype), integer_range(other.dtype))
    low, high = min(least for least, _ in ranges), max(most for _, most in ranges)
    holding = [
        dtype
        for dtype, family in DTYPES.items()
        if family is Family.INTEGER and integer_range(dtype)[0] <= low and high <= integer_range(dtype)[1]
    ]
    return Scalar(min(holding, key=lambda dtype: integer_range(dtype)[1])) if holding else None


def _tensors(one: Tensor, other: Tensor) -> Tensor | None:
    item = _scalars(one.item, other.item)
    if item is None or len(one.shape) != len(other.shape):
        return None
    axes = zip(one.shape, other.shape, strict=True)
    return Tensor(item, tuple(axis if axis == its else -1 for axis, its in axes))


def _fields(one: Fields, other: Fields) -> Fields | None:
    found = dict(one.fields)
    for name, kind in other.fields:
        held = joined(found[name], kind) if name in found else kind
        if held is None:
            return None
        found[name] = held
    return Fields(tuple(found.items()))
