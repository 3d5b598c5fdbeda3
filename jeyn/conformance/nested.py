"""Arrow arrays that hold tensors in one of many forms, taken apart."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import arrow_type
from jeyn.conformance.misfit import Misfit, shown_at
from jeyn.conformance.scalars import decoded
from jeyn.conformance.tensors import Cells, Integers, Mask, assemble, fits_shape, no_cells, row_of
from jeyn.model.types import Tensor


def fit_tensors(array: pa.Array, kind: Tensor) -> pa.Array:
    """An Arrow array as `arrow_type(kind)`; Misfit `shape` or `dtype` for the first row that is something else.

    Taken are the tensor extension types, nested lists of any Arrow kind with a level per axis, and for a fixed
    shape also flat lists of the right length.
    """
    if array.null_count == len(array):
        return no_cells(len(array), kind)
    if kind.is_fixed and array.type == arrow_type(kind) and not array.storage.flatten().null_count:
        return array
    return assemble(cells_of_arrow(array, kind), kind)


def cells_of_arrow(array: pa.Array, kind: Tensor) -> Cells:
    """Take an array that is not wholly null apart; Misfit if it is of no form that holds tensors of this type."""
    missing = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    held = decoded(array) if missing is None else decoded(array).drop_null()
    if isinstance(array.type, pa.FixedShapeTensorType):
        return _cells_of_shape(held, _row_major_shape(array.type), kind, missing)
    if arrow_types.is_struct(held.type):
        return _cells_of_struct(held, len(kind.shape), missing)
    if kind.is_fixed and len(kind.shape) > 1 and is_list(held.type) and not is_list(held.type.value_type):
        lengths = pc.list_value_length(held)
        if pc.all(pc.equal(lengths, kind.size)).as_py():
            return _cells_of_shape(held, kind.shape, kind, missing)
    return _cells_of_lists(held, kind, missing)


def is_list(given: pa.DataType) -> bool:
    """Whether an Arrow type is one of the five kinds of list."""
    return any(
        test(given)
        for test in (
            arrow_types.is_fixed_size_list,
            arrow_types.is_list,
            arrow_types.is_large_list,
            arrow_types.is_list_view,
            arrow_types.is_large_list_view,
        )
    )


def _row_major_shape(given: pa.FixedShapeTensorType) -> tuple[int, ...]:
    if given.permutation is not None and list(given.permutation) != sorted(given.permutation):
        raise Misfit("shape", 0, f"axes permuted as {list(given.permutation)}, where row-major order is needed")
    return tuple(given.shape)


def _cells_of_shape(held: pa.Array, shape: tuple[int, ...], kind: Tensor, missing: Mask | None) -> Cells:
    shapes = np.tile(np.array(shape, np.int64), (len(held), 1))
    if not fits_shape(shapes[:1], kind).all():
        raise Misfit("shape", row_of(0, missing), str(list(shape)))
    return Cells(held.flatten(), shapes, missing)


def _cells_of_struct(held: pa.StructArray, axes: int, missing: Mask | None) -> Cells:
    """The storage of `arrow.variable_shape_tensor`, whose lengths and shapes must tell the same."""
    if {field.name for field in held.type} != {"data", "shape"} or not is_list(held.type.field("data").type):
        raise Misfit("dtype", row_of(0, missing), shown_at(held, 0))
    data, shape = held.field("data"), held.field("shape")
    if not is_list(shape.type) or not arrow_types.is_integer(shape.type.value_type):
        raise Misfit("shape", row_of(0, missing), shown_at(shape, 0))
    if shape.null_count or data.null_count or not pc.all(pc.equal(pc.list_value_length(shape), axes)).as_py():
        raise Misfit("shape", row_of(0, missing), shown_at(shape, 0))
    shapes = shape.flatten().to_numpy(zero_copy_only=False).reshape(-1, axes).astype(np.int64)
    cells = Cells(data.flatten(), shapes, missing)
    lengths = pc.list_value_length(data).to_numpy(zero_copy_only=False)
    right = (lengths == cells.sizes) & (shapes >= 0).all(axis=1)
    if not right.all():
        cell = int(np.argmin(right))
        raise Misfit("shape", row_of(cell, missing), f"{lengths[cell]} numbers as {shapes[cell].tolist()}")
    return cells


def _cells_of_lists(held: pa.Array, kind: Tensor, missing: Mask | None) -> Cells:
    """Nested lists, a level per axis. A row whose lists differ in length on one axis is ragged, and refused."""
    shapes = np.zeros((len(held), len(kind.shape)), np.int64)
    level, counts = held, np.ones(len(held), np.int64)  # the lists of one level, and how many each row has
    for axis, declared in enumerate(kind.shape):
        owners = np.repeat(np.arange(len(held)), counts)
        lengths = _lengths(level, held, owners, missing)
        shapes[:, axis] = max(declared, 0)
        shapes[owners[::-1], axis] = lengths[::-1]  # so a row's first list is what stays
        ragged = shapes[owners, axis] != lengths
        if ragged.any():
            cell = int(owners[np.argmax(ragged)])
            raise Misfit("shape", row_of(cell, missing), f"ragged: {shown_at(held, cell)}")
        counts = counts * shapes[:, axis]
        level = level.flatten() if len(level) else level
    if len(level) and is_list(level.type):
        raise Misfit("shape", row_of(0, missing), shown_at(held, 0))
    return Cells(level, shapes, missing)


def _lengths(level: pa.Array, held: pa.Array, owners: Integers, missing: Mask | None) -> Integers:
    """How long each list of a level is; Misfit if this level has null lists, or no lists at all."""
    if not len(level):
        return np.zeros(0, np.int64)
    if not is_list(level.type):
        number = arrow_types.is_floating(level.type) or arrow_types.is_integer(level.type)
        raise Misfit("shape" if number else "dtype", row_of(int(owners[0]), missing), shown_at(held, int(owners[0])))
    if level.null_count:
        cell = int(owners[np.argmax(level.is_null().to_numpy(zero_copy_only=False))])
        raise Misfit("dtype", row_of(cell, missing), f"a null inside a tensor: {shown_at(held, cell)}")
    return np.asarray(pc.list_value_length(level).to_numpy(zero_copy_only=False), np.int64)
