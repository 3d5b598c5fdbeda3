"""Tensors, taken apart and put together as arrays of a tensor feature's exact Arrow type.

Whatever form tensors come in, `nested` and `values` take it apart into `Cells`; `assemble` builds the one form
that batches have. Nested lists cannot tell a shape of (0, 3) from (0, 0): behind an axis of length 0, free axes
count as 0 in every form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.arrow import arrow_type, wrap
from jeyn.conformance.buffers import from_ndarray
from jeyn.conformance.misfit import Misfit
from jeyn.conformance.scalars import fit_scalars
from jeyn.model.types import Tensor

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Item = TypeVar("Item", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Cells:
    """Tensors taken apart. `values` are the numbers of the rows that are not null, one after another, row-major.

    `shapes` has the shape (rows that are not null, axes); `missing` marks the null ones among all rows, or is None
    where there is none.
    """

    values: pa.Array
    shapes: Integers
    missing: Mask | None

    @property
    def sizes(self) -> Integers:
        """How many numbers each row that is not null holds."""
        return np.asarray(self.shapes.prod(axis=1, dtype=np.int64))

    def cell_of(self, position: int) -> int:
        """The cell that holds the number at this position of `values`."""
        return int(np.searchsorted(np.cumsum(self.sizes), position, side="right"))


def row_of(cell: int, missing: Mask | None) -> int:
    """The row, nulls counted, of the cell at this place among those that are not null."""
    return cell if missing is None else int(np.flatnonzero(~missing)[cell])


def storage_type(kind: Tensor) -> pa.DataType:
    """The Arrow type below the extension type of a tensor."""
    wanted = arrow_type(kind)
    return wanted.storage_type if isinstance(wanted, pa.BaseExtensionType) else wanted


def no_cells(rows: int, kind: Tensor) -> pa.Array:
    """An array of `arrow_type(kind)` in which every row is null."""
    return wrap(pa.nulls(rows, storage_type(kind)), kind)


def assemble(cells: Cells, kind: Tensor) -> pa.Array:
    """The array of `arrow_type(kind)`; Misfit for the first cell of another shape, or number of another dtype."""
    right = fits_shape(cells.shapes, kind)
    if not right.all():
        cell = int(np.argmin(right))
        raise Misfit("shape", row_of(cell, cells.missing), str(cells.shapes[cell].tolist()))
    try:
        values = fit_scalars(cells.values, kind.item)
        if values.null_count:
            position = int(np.argmax(values.is_null().to_numpy(zero_copy_only=False)))
            raise Misfit("dtype", position, "a null inside a tensor")
    except Misfit as misfit:
        row = row_of(cells.cell_of(misfit.row), cells.missing)
        raise Misfit("dtype", row, misfit.value) from None
    build = _fixed if kind.is_fixed else _free
    return wrap(build(values, cells, kind), kind)


def fits_shape(shapes: Integers, kind: Tensor) -> Mask:
    """Which of the shapes, an array of shape (cells, axes), the type allows."""
    wanted = np.array(kind.shape)
    if shapes.shape[1] != len(wanted):
        return np.zeros(len(shapes), np.bool_)
    return np.asarray(((shapes == wanted) | (wanted < 0)).all(axis=1))


def _fixed(values: pa.Array, cells: Cells, kind: Tensor) -> pa.Array:
    if cells.missing is None:
        return pa.FixedSizeListArray.from_arrays(values, kind.size)
    dense = values.to_numpy(zero_copy_only=False).reshape(-1, kind.size)
    spread = from_ndarray(_spread(dense, cells.missing).ravel())
    return pa.FixedSizeListArray.from_arrays(spread, kind.size, mask=from_ndarray(cells.missing))


def _free(values: pa.Array, cells: Cells, kind: Tensor) -> pa.Array:
    shapes, sizes = cells.shapes.astype(np.int32), cells.sizes
    for axis in range(1, len(kind.shape)):
        if kind.shape[axis] < 0:
            shapes[(shapes[:, :axis] == 0).any(axis=1), axis] = 0
    if cells.missing is not None:
        shapes, sizes = _spread(shapes, cells.missing), _spread(sizes, cells.missing)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    data = pa.ListArray.from_arrays(from_ndarray(offsets), values)
    shape = pa.FixedSizeListArray.from_arrays(from_ndarray(shapes.ravel()), shapes.shape[1])
    mask = None if cells.missing is None else from_ndarray(cells.missing)
    return pa.StructArray.from_arrays([data, shape], fields=list(storage_type(kind)), mask=mask)


def _spread(dense: npt.NDArray[Item], missing: Mask) -> npt.NDArray[Item]:
    """The rows of `dense` at the places that are not missing, and zeros at those that are."""
    spread: npt.NDArray[Item] = np.zeros((len(missing), *dense.shape[1:]), dense.dtype)
    spread[~missing] = dense
    return spread
