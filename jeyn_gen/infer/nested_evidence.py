"""What was seen of structs, lists and tensors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jeyn.conformance.misfit import Misfit
from jeyn.conformance.nested import cells_of_arrow
from jeyn.conformance.scalars import decoded
from jeyn.conformance.taking import drop_null
from jeyn.model.types import NUMERIC, Scalar, Tensor
from jeyn_gen.infer.evidence import ScalarEvidence, Unfit, UnknownEvidence
from jeyn_gen.infer.stored import Fields, Items, Stored, Unknown

#: Shapes of tensors whose numbers nobody reads: an array of shape (rows, axes).
Shapes = npt.NDArray[np.int64]


class Grid:
    """The shapes of arrays that all have the same number of axes: the least and the greatest length of each."""

    def __init__(self, axes: int) -> None:
        self._low = [-1] * axes
        self._high = [-1] * axes
        self.rows = 0

    def add(self, shapes: Shapes) -> None:
        self.rows += len(shapes)
        for axis in range(shapes.shape[1]):
            # Behind an axis of length 0 nobody can tell how long the next ones would be.
            told = shapes[(shapes[:, :axis] > 0).all(axis=1), axis]
            if len(told):
                low, high = int(told.min()), int(told.max())
                self._low[axis] = low if self._low[axis] < 0 else min(low, self._low[axis])
                self._high[axis] = max(high, self._high[axis])

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis, -1 where it varies, is 0, or was never met."""
        axes = zip(self._low, self._high, strict=True)
        return tuple(low if low == high and low > 0 else -1 for low, high in axes)

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The least and the greatest length of each axis; (-1, -1) where it was never met."""
        return tuple(zip(self._low, self._high, strict=True))


class TensorEvidence:
    """Of arrays of numbers. `declared` is the shape that the file itself fixes."""

    def __init__(self, path: str, kind: Tensor) -> None:
        self._path = path
        self.declared = kind.shape
        self.nulls = 0
        self.grid = Grid(len(kind.shape))
        self.item = ScalarEvidence(path, kind.item)

    @property
    def values(self) -> int:
        return self.grid.rows

    def add_nulls(self, count: int) -> None:
        self.nulls += count

    def update(self, array: pa.Array | Shapes) -> None:
        if isinstance(array, np.ndarray):
            self.grid.add(array)
            return
        self.nulls += array.null_count
        if array.null_count == len(array):
            return
        try:
            cells = cells_of_arrow(array, Tensor(self.item.kind, (-1,) * len(self.declared)))
        except Misfit as misfit:  # a null among the numbers, or a shape that contradicts them
            raise Unfit(self._path, misfit.value, self.item.kind) from None
        self.grid.add(cells.shapes)
        self.item.update(cells.values)


class FieldsEvidence:
    """Of structs: of each field, where there is a struct to have it."""

    def __init__(self, path: str, kind: Fields) -> None:
        self.values = 0
        self.nulls = 0
        self.fields = {name: evidence_of(f"{path}.{name}", inner) for name, inner in kind.fields}

    def add_nulls(self, count: int) -> None:
        self.nulls += count

    def update(self, array: pa.Array) -> None:
        self.nulls += array.null_count
        held = drop_null(decoded(array))
        self.values += len(held)
        if not len(held):
            return
        given = dict(zip((field.name for field in held.type), held.flatten(), strict=True))
        for name, evidence in self.fields.items():
            if name in given:
                evidence.update(given[name])
            else:
                evidence.add_nulls(len(held))


class ItemsEvidence:
    """Of lists: how long they are, of their items, and of lists of numbers whether each is a grid of numbers."""

    def __init__(self, path: str, kind: Items, *, is_inner: bool = False) -> None:
        """`is_inner`: the list is an item of another, which knows whether both make a grid."""
        self.values = 0
        self.nulls = 0
        self.lengths: tuple[int, int] | None = None
        inner = f"{path}[]"
        self.item: Evidence
        if isinstance(kind.item, Items):
            self.item = ItemsEvidence(inner, kind.item, is_inner=True)
        else:
            self.item = evidence_of(inner, kind.item)
        self._tensor = None if is_inner else _as_tensor(kind)
        self.grid = Grid(len(self._tensor.shape)) if self._tensor else None

    def add_nulls(self, count: int) -> None:
        self.nulls += count

    def update(self, array: pa.Array) -> None:
        self.nulls += array.null_count
        if array.null_count == len(array):
            return
        held = drop_null(decoded(array))
        self.values += len(held)
        counted = pc.min_max(pc.list_value_length(held))
        least, most = counted["min"].as_py(), counted["max"].as_py()
        low, high = self.lengths or (least, most)
        self.lengths = min(least, low), max(most, high)
        if self.grid is not None and self._tensor is not None:
            shapes = _shapes(held, self._tensor)
            if shapes is None:
                self.grid = None
            else:
                self.grid.add(shapes)
        self.item.update(held.flatten())


def _shapes(lists: pa.Array, kind: Tensor) -> Shapes | None:
    """The shapes of lists that are grids of numbers; None if one is ragged, or has a null in it."""
    try:
        cells = cells_of_arrow(lists, kind)
    except Misfit:
        return None
    return None if cells.values.null_count else cells.shapes


def _as_tensor(kind: Items) -> Tensor | None:
    """The tensor, its axes free, that lists of lists of numbers could be."""
    axes, inner = 1, kind.item
    while isinstance(inner, Items):
        axes, inner = axes + 1, inner.item
    return Tensor(inner, (-1,) * axes) if isinstance(inner, Scalar) and inner.family in NUMERIC else None


Evidence = UnknownEvidence | ScalarEvidence | FieldsEvidence | ItemsEvidence | TensorEvidence


def evidence_of(path: str, kind: Stored) -> Evidence:
    """Nothing yet, of a column that is stored so."""
    match kind:
        case Unknown():
            return UnknownEvidence()
        case Scalar():
            return ScalarEvidence(path, kind)
        case Tensor():
            return TensorEvidence(path, kind)
        case Fields():
            return FieldsEvidence(path, kind)
        case Items():
            return ItemsEvidence(path, kind)
