"""A feature's values in whatever form they come, as Arrow arrays of the feature's exact type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import one_array
from jeyn.conformance.fit import fit_arrow, fit_values
from jeyn.conformance.misfit import REFUSALS, Misfit, shortened
from jeyn.conformance.numpy_values import fit_numpy
from jeyn.conformance.scalars import cast_exactly
from jeyn.model.types import Family, Feature, List, Scalar


class Column(Protocol):
    """The values of one feature in some library's form."""

    def __len__(self) -> int: ...

    @property
    def bytes(self) -> int:
        """How much memory the values take, or 0 where only a conversion can tell."""
        ...

    def part(self, start: int, stop: int, feature: Feature) -> pa.Array:
        """Rows `start` to `stop` in the feature's exact Arrow type.

        Misfit, with rows counted from `start`, for the first value that is something else.
        """
        ...


@dataclass(frozen=True, slots=True)
class ArrowColumn:
    """An Arrow array or chunked array."""

    values: pa.Array | pa.ChunkedArray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def bytes(self) -> int:
        return int(self.values.nbytes)

    def part(self, start: int, stop: int, feature: Feature) -> pa.Array:
        return fit_arrow(one_array(self.values.slice(start, stop - start)), feature.type)


@dataclass(frozen=True, slots=True)
class NumpyColumn:
    """A numpy array, masked or not, whose first axis is the rows."""

    values: npt.NDArray[Any]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def bytes(self) -> int:
        return 0 if self.values.dtype.kind == "O" else self.values.nbytes

    def part(self, start: int, stop: int, feature: Feature) -> pa.Array:
        values = self.values[start:stop]
        if values.dtype.kind == "O" and values.ndim == 1:
            nothing = np.ma.getmaskarray(values)
            cells = np.ma.getdata(values).tolist()
            return fit_values([None if no else cell for cell, no in zip(cells, nothing, strict=True)], feature.type)
        if isinstance(feature.type, List) and values.ndim > 1:
            return fit_values(list(values), feature.type)
        return fit_numpy(values, feature.type)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """Python values."""

    values: Sequence[Any]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def bytes(self) -> int:
        return 0

    def part(self, start: int, stop: int, feature: Feature) -> pa.Array:
        return fit_values(self.values[start:stop], feature.type)


@dataclass(frozen=True, slots=True)
class PandasColumn:
    """A pandas Series. What pandas calls missing is null, but NaN stays in a float feature that is not nullable."""

    values: Any

    def __len__(self) -> int:
        return len(self.values)

    @property
    def bytes(self) -> int:
        return 0 if self.values.dtype.kind == "O" else int(self.values.memory_usage(index=False))

    def part(self, start: int, stop: int, feature: Feature) -> pa.Array:
        values, kind = self.values.iloc[start:stop], feature.type
        family = kind.family if isinstance(kind, Scalar) else None
        keeps_nan = family is Family.FLOAT and not feature.constraints.nullable
        if values.dtype == object:
            missing = values.isna().to_numpy()
            cells = values.tolist()
            if missing.any() and not keeps_nan:
                cells = [None if no else cell for cell, no in zip(cells, missing, strict=True)]
            return fit_values(cells, kind)
        if isinstance(values.dtype, np.dtype) and values.dtype.kind != "f":
            return fit_numpy(values.to_numpy(), kind)
        try:
            array = one_array(pa.array(values, from_pandas=not keeps_nan))
        except REFUSALS:  # a dtype that Arrow does not know
            raise Misfit("dtype", 0, f"{shortened(values.iloc[0])} ({values.dtype})") from None
        if family is Family.INTEGER and array.null_count and arrow_types.is_floating(array.type):
            array = cast_exactly(array, pa.int64())  # pandas turns integers into floats to say that some are missing
        return fit_arrow(array, kind)
