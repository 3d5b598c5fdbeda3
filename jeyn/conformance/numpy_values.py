"""numpy arrays as Arrow arrays of a feature's exact type."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.buffers import from_ndarray
from jeyn.conformance.misfit import REFUSALS, Misfit, shortened
from jeyn.conformance.scalars import fit_scalars
from jeyn.conformance.tensors import Cells, Mask, assemble, no_cells
from jeyn.model.types import Family, FeatureType, Scalar, Tensor

# numpy's units of time that Arrow lacks, with one that it has and that holds the same instants.
_UNITS = {"generic": "us", "Y": "D", "M": "D", "W": "D", "h": "s", "m": "s"}


def fit_numpy(array: npt.NDArray[Any], kind: FeatureType) -> pa.Array:
    """An array of shape (rows, *tensor shape), not of objects; masked rows and NaT are null.

    Misfit for the first row that does not fit.
    """
    if not isinstance(kind, Scalar | Tensor):
        raise Misfit("dtype", 0, f"numbers ({array.dtype})")
    axes = len(kind.shape) if isinstance(kind, Tensor) else 0
    if array.ndim != 1 + axes:
        raise Misfit("shape", 0, str(list(array.shape[1:])))
    missing = _missing_rows(array)
    given = np.ma.getdata(array)
    if isinstance(kind, Scalar):
        return fit_scalars(from_numpy(given, kind, missing), kind)
    if missing is not None:
        given = given[~missing]
    if not len(given):
        return no_cells(len(array), kind)
    shapes = np.tile(np.array(given.shape[1:], np.int64), (len(given), 1))
    return assemble(Cells(from_numpy(given.reshape(-1), kind.item), shapes, missing), kind)


def from_numpy(flat: npt.NDArray[Any], kind: Scalar, missing: Mask | None = None) -> pa.Array:
    """An array of one axis in the Arrow type that is nearest to its dtype; Misfit if there is none."""
    try:
        if flat.dtype.kind in "mM":
            flat = _known_unit(flat, kind)
        return from_ndarray(flat.astype(flat.dtype.newbyteorder("="), copy=False), missing)
    except REFUSALS:
        value = f"{shortened(flat[0].item())} ({flat.dtype})" if len(flat) else str(flat.dtype)
        raise Misfit("dtype", 0, value) from None


def _known_unit(times: npt.NDArray[Any], kind: Scalar) -> npt.NDArray[Any]:
    """Times in a unit that Arrow has; its only unit of whole days is of dates."""
    unit, count = np.datetime_data(times.dtype)
    known = _UNITS.get(unit, unit)
    if known == "D" and (times.dtype.kind == "m" or kind.family is Family.TIMESTAMP):
        known = "s"
    return times if (unit, count) == (known, 1) else times.astype(f"{times.dtype.kind}8[{known}]")


def _missing_rows(array: npt.NDArray[Any]) -> Mask | None:
    mask = np.ma.getmask(array)
    if not np.any(mask):
        return None
    numbers = mask.reshape(len(array), -1)
    missing = numbers.all(axis=1)
    partly = numbers.any(axis=1) & ~missing
    if partly.any():
        raise Misfit("dtype", int(np.argmax(partly)), "a tensor masked in part")
    return np.asarray(missing)
