"""Values that appear again, over a whole stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jeyn.conformance.shown import shown_value
from jeyn.conformance.views import Dense, Numbers, numbers
from jeyn.model.types import Family, Scalar

# What `numbers` cannot compare as single numbers is compared by Arrow's hash tables.
_HASHED = frozenset({Family.STRING, Family.BYTES, Family.DECIMAL})


@dataclass(frozen=True, slots=True)
class _Piece:
    values: pa.Array
    first: int
    rows: npt.NDArray[np.int64] | None

    def row(self, position: int) -> int:
        return self.first + (position if self.rows is None else int(self.rows[position]))


class Uniqueness:
    """Keeps the values of a scalar feature and finds those that repeat an earlier one.

    Values that strictly increase, as keys mostly do, cost a comparison each and are never sorted.
    """

    def __init__(self, kind: Scalar) -> None:
        self._kind = kind
        self._pieces: list[_Piece] = []
        self._increasing = kind.family not in _HASHED

    def add(self, held: Dense, first: int) -> None:
        """Take in the values of one batch, the first row of which is row `first` of the stream."""
        values = pa.concat_arrays([held.values, held.values.slice(0, 0)])  # a copy, which keeps no batch in memory
        self._append(_Piece(values, first, held.rows))

    def merge(self, later: Uniqueness) -> None:
        """Take in what another holds of rows that come after those seen here."""
        for piece in later._pieces:
            self._append(piece)

    def _append(self, piece: _Piece) -> None:
        if self._increasing:
            given = numbers(piece.values)
            after = not self._pieces or numbers(self._pieces[-1].values)[-1] < given[0]
            self._increasing = bool(after and (given[:-1] < given[1:]).all())
        self._pieces.append(piece)

    def repeats(self, most: int) -> tuple[int, tuple[tuple[int, str], ...]]:
        """How many rows repeat an earlier one, and the first `most` of them as (row, value)."""
        if self._increasing or not self._pieces:
            return 0, ()
        again = self._repeated_positions()
        starts = np.cumsum([0, *(len(piece.values) for piece in self._pieces)])
        examples = []
        for position in again[:most].tolist():
            which = int(np.searchsorted(starts, position, side="right")) - 1
            piece, inside = self._pieces[which], int(position - starts[which])
            examples.append((piece.row(inside), shown_value(piece.values, inside, self._kind)))
        return len(again), tuple(examples)

    def _repeated_positions(self) -> npt.NDArray[np.int64]:
        if self._kind.family not in _HASHED:
            return _repeated(np.concatenate([numbers(piece.values) for piece in self._pieces]))
        column = pa.chunked_array([piece.values for piece in self._pieces])
        if len(pc.unique(column)) == len(column):
            return np.zeros(0, np.int64)
        codes = column.dictionary_encode().chunks  # of one dictionary, the last and largest
        return _repeated(np.concatenate([numbers(chunk.indices) for chunk in codes]))


def _repeated(given: Numbers) -> npt.NDArray[np.int64]:
    """The positions, ascending, of values that stand at an earlier position too; NaN is never equal."""
    ordered = np.sort(given)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.zeros(0, np.int64)
    order = np.argsort(given, kind="stable")
    ordered = given[order]
    return np.sort(order[1:][ordered[1:] == ordered[:-1]])
