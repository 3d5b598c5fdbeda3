"""Python values that are tensors, arrays or nested lists, as Arrow arrays of a tensor feature's exact type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.misfit import REFUSALS, Misfit, first_failure, shortened
from jeyn.conformance.nested import cells_of_arrow
from jeyn.conformance.numpy_values import from_numpy
from jeyn.conformance.python_scalars import refuse
from jeyn.conformance.scalars import fit_scalars
from jeyn.conformance.tensors import Cells, assemble, no_cells, row_of
from jeyn.model.types import Family, Tensor


def fit_python_tensors(values: Sequence[Any], kind: Tensor) -> pa.Array:
    """One cell per row, None being null, as `arrow_type(kind)`; Misfit for the first that does not fit."""
    dense = [value for value in values if value is not None]
    if not dense:
        return no_cells(len(values), kind)
    missing = None if len(dense) == len(values) else np.array([value is None for value in values])
    try:
        cells = _cells(dense, kind)
    except Misfit as misfit:
        raise Misfit(misfit.rule, row_of(misfit.row, missing), misfit.value) from None
    return assemble(replace(cells, missing=missing), kind)


def _cells(dense: Sequence[Any], kind: Tensor) -> Cells:
    if any(hasattr(cell, "__array__") for cell in dense):
        return _cells_of_arrays(dense, kind)
    try:
        nested = pa.array(dense)
    except OverflowError:  # beyond int64, where Arrow does not think of uint64 by itself
        if kind.item.family is not Family.INTEGER:
            refuse(dense, first_failure(lambda length: pa.array(dense[:length]), len(dense)))
        return _cells_of_arrays(dense, kind)
    except REFUSALS:
        refuse(dense, first_failure(lambda length: pa.array(dense[:length]), len(dense)))
    return cells_of_arrow(nested, kind)


def _cells_of_arrays(dense: Sequence[Any], kind: Tensor) -> Cells:
    arrays = [_with_all_axes(_as_array(cell, row), cell, kind) for row, cell in enumerate(dense)]
    for row, array in enumerate(arrays):
        if array.ndim != len(kind.shape):
            raise Misfit("shape", row, str(list(array.shape)))
    shapes = np.array([array.shape for array in arrays], np.int64)
    if len({array.dtype for array in arrays}) == 1:
        return Cells(from_numpy(np.concatenate([array.ravel() for array in arrays]), kind.item), shapes, None)
    return Cells(pa.concat_arrays([_numbers(array, kind, row) for row, array in enumerate(arrays)]), shapes, None)


def _as_array(cell: Any, row: int) -> npt.NDArray[Any]:
    try:
        array = np.asarray(cell)
        if array.dtype.kind == "f" and _holds_integers(cell):  # NumPy's type for integers on both sides of 2**63
            return np.array(cell, np.uint64)
        array = np.array(array.tolist()) if array.dtype.kind == "O" else array
    except REFUSALS:
        raise Misfit("shape", row, shortened(cell)) from None
    if array.dtype.kind == "O":  # integers beyond 64 bits
        raise Misfit("dtype", row, shortened(cell))
    return array


def _with_all_axes(array: npt.NDArray[Any], cell: Any, kind: Tensor) -> npt.NDArray[Any]:
    """An empty list with the axes that nothing in it tells of: as long as the shape says, 0 where they are free."""
    if array.size or hasattr(cell, "__array__"):
        return array
    return array.reshape(*array.shape, *(max(axis, 0) for axis in kind.shape[array.ndim :]))


def _holds_integers(cell: Any) -> bool:
    """Whether nested lists hold Python's integers alone, none of them negative."""
    if hasattr(cell, "__array__"):
        return False
    items: list[Any] = np.array(cell, np.object_).ravel().tolist()
    return all(type(item) is int and item >= 0 for item in items)


def _numbers(array: npt.NDArray[Any], kind: Tensor, row: int) -> pa.Array:
    """One cell's numbers by themselves: a dtype in common with other cells might round some of them."""
    try:
        return fit_scalars(from_numpy(array.ravel(), kind.item), kind.item)
    except Misfit as misfit:
        raise Misfit(misfit.rule, row, misfit.value) from None
