"""Values of any feature type as Arrow arrays of its exact type: scalars, tensors, and what is made of them.

A struct or list is taken apart into the values of its fields or items, these are fitted by themselves, and it is put
together again. Where one of them does not fit, the Misfit says where in the value it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import arrow_type
from jeyn.conformance.buffers import from_ndarray
from jeyn.conformance.misfit import Misfit, shown_at
from jeyn.conformance.nested import fit_tensors, is_list
from jeyn.conformance.numpy_values import fit_numpy
from jeyn.conformance.python_scalars import fit_python_scalars, plain_values, refuse
from jeyn.conformance.python_tensors import fit_python_tensors
from jeyn.conformance.scalars import decoded, fit_scalars
from jeyn.conformance.taking import drop_null, take
from jeyn.conformance.tensors import Integers, Mask, row_of
from jeyn.model.types import FeatureType, List, Scalar, Struct, Tensor


def fit_arrow(array: pa.Array, kind: FeatureType) -> pa.Array:
    """An Arrow array in the feature's exact type, or Misfit."""
    match kind:
        case Scalar():
            return fit_scalars(array, kind)
        case Tensor():
            return fit_tensors(array, kind)
    if array.null_count == len(array):
        return pa.nulls(len(array), arrow_type(kind))
    null = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    held = drop_null(decoded(array))
    return _struct_of_arrow(held, kind, null) if isinstance(kind, Struct) else _list_of_arrow(held, kind, null)


def fit_values(values: Sequence[Any], kind: FeatureType) -> pa.Array:
    """Python values, None being null, in the feature's exact type, or Misfit."""
    values = plain_values(values)
    match kind:
        case Scalar():
            return fit_python_scalars(values, kind)
        case Tensor():
            return fit_python_tensors(values, kind)
    held = [value for value in values if value is not None]
    if not held:
        return pa.nulls(len(values), arrow_type(kind))
    null = None if len(held) == len(values) else np.array([value is None for value in values])
    return _struct_of_values(held, kind, null) if isinstance(kind, Struct) else _list_of_values(held, kind, null)


def _struct_of_arrow(held: pa.Array, kind: Struct, null: Mask | None) -> pa.Array:
    if not arrow_types.is_struct(held.type):
        raise Misfit("dtype", row_of(0, null), shown_at(held, 0))
    names = [field.name for field in held.type]
    _check_fields(names, kind, row_of(0, null))
    given = dict(zip(names, held.flatten(), strict=True))
    return _struct(kind, null, lambda name, inner: fit_arrow(given[name], inner))


def _struct_of_values(held: Sequence[Any], kind: Struct, null: Mask | None) -> pa.Array:
    rows = [value.model_dump(by_alias=True) if hasattr(value, "model_dump") else value for value in held]
    for cell, row in enumerate(rows):
        if not isinstance(row, Mapping):
            _refuse(held, cell, null)
        if len(row) != len(kind.fields) or any(field.name not in row for field in kind.fields):
            _check_fields(list(row), kind, row_of(cell, null))
    return _struct(kind, null, lambda name, inner: fit_values([row[name] for row in rows], inner))


def _struct(kind: Struct, null: Mask | None, fitted: Callable[[str, FeatureType], pa.Array]) -> pa.Array:
    """The fields put together, each as `fitted` gives it for the rows that are not null."""
    arrays = []
    for field in kind.fields:
        try:
            arrays.append(fitted(field.name, field.type))
        except Misfit as misfit:
            raise misfit.within(f".{field.name}", field.type, row_of(misfit.row, null)) from None
    fields = list(arrow_type(kind))
    if null is None:
        return pa.StructArray.from_arrays(arrays, fields=fields)
    places = pa.array(np.cumsum(~null) - 1, pa.int64(), mask=null)
    return pa.StructArray.from_arrays([take(one, places) for one in arrays], fields=fields, mask=from_ndarray(null))


def _list_of_arrow(held: pa.Array, kind: List, null: Mask | None) -> pa.Array:
    if not is_list(held.type):
        raise Misfit("dtype", row_of(0, null), shown_at(held, 0))
    lengths = np.asarray(pc.list_value_length(held).to_numpy(zero_copy_only=False), np.int64)
    return _list(kind, null, lengths, lambda inner: fit_arrow(held.flatten(), inner))


def _list_of_values(held: Sequence[Any], kind: List, null: Mask | None) -> pa.Array:
    for cell, value in enumerate(held):
        if not isinstance(value, list | tuple) and not (isinstance(value, np.ndarray) and value.ndim):
            _refuse(held, cell, null)
    lengths = np.array([len(value) for value in held], np.int64)
    return _list(kind, null, lengths, lambda inner: _items(held, inner))


def _items(held: Sequence[Any], kind: FeatureType) -> pa.Array:
    """The items of all lists, one after another; of arrays of one dtype without looking at each."""
    first = held[0]
    if (
        isinstance(kind, Scalar)
        and isinstance(first, np.ndarray)
        and first.dtype.kind != "O"
        and all(isinstance(one, np.ndarray) and one.ndim == 1 and one.dtype == first.dtype for one in held)
    ):
        return fit_numpy(np.concatenate(held), kind)
    return fit_values(list(chain.from_iterable(held)), kind)


def _list(kind: List, null: Mask | None, lengths: Integers, fitted: Callable[[FeatureType], pa.Array]) -> pa.Array:
    """Lists of these lengths, over the items of those that are not null as `fitted` gives them."""
    try:
        items = fitted(kind.item.type)
    except Misfit as misfit:
        cell = int(np.searchsorted(np.cumsum(lengths), misfit.row, side="right"))
        raise misfit.within("[]", kind.item.type, row_of(cell, null)) from None
    if null is not None:
        spread: npt.NDArray[np.int64] = np.zeros(len(null), np.int64)
        spread[~null] = lengths
        lengths = spread
    ends = from_ndarray(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    mask = None if null is None else from_ndarray(null)
    return pa.ListArray.from_arrays(ends, items, type=arrow_type(kind), mask=mask)


def _check_fields(names: Sequence[Any], kind: Struct, row: int) -> None:
    """Misfit `fields` unless these are the fields of the struct, each once."""
    wanted = [field.name for field in kind.fields]
    told = [f"no {name}" for name in wanted if name not in names]
    told += [f"also {name}" for name in names if name not in wanted]
    told += [f"{name} twice" for name in wanted if list(names).count(name) > 1]
    if told:
        raise Misfit("fields", row, ", ".join(told))


def _refuse(held: Sequence[Any], cell: int, null: Mask | None) -> None:
    try:
        refuse(held, cell)
    except Misfit as misfit:
        raise misfit.at(row_of(cell, null)) from None
