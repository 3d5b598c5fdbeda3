"""NumPy's files: the first axis of an array is the rows, what is left is the shape of a tensor.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html; an `.npz` is a zip of them, which is read in a
stream, row after row.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from jeyn.conformance.misfit import Misfit
from jeyn.conformance.numpy_values import fit_numpy
from jeyn.model.types import Scalar, Tensor, item_of
from jeyn_gen.infer.evidence import Unfit
from jeyn_gen.infer.problems import NoType, Problem
from jeyn_gen.infer.source import PART_ROWS, DataFile, Part, Source, columns_of
from jeyn_gen.infer.stored import Stored

NPY = "a NumPy array"
NPZ = "an archive of NumPy arrays"
_MOST_BYTES = 16 << 20
_ENDING = ".npy"


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the numbers of an array."""

    shape: tuple[int, ...]
    is_column_major: bool
    dtype: np.dtype[Any]

    @property
    def row_bytes(self) -> int:
        return int(np.prod(self.shape[1:], dtype=np.int64)) * self.dtype.itemsize


def npy_files(files: Sequence[DataFile], _sample: int | None) -> list[Source]:
    """Sources of single arrays, called as their file is; of structured ones, each field is a column."""
    return [_npy(file) for file in files]


def npz_files(files: Sequence[DataFile], _sample: int | None) -> list[Source]:
    """Sources of archives of arrays, each a column."""
    return [_npz(file) for file in files]


def _npy(file: DataFile) -> Source:
    with file.path.open("rb") as opened:
        header = _header(opened)
    if header.dtype.names:
        kinds = {name: _of_rows(header, header.dtype[name]) for name in header.dtype.names}
        columns, problems = columns_of(file, list(kinds.items()))
    else:
        columns, problems = columns_of(file, [(file.path.stem, _of_rows(header, header.dtype))])

    def parts() -> Iterator[Part]:
        array = np.load(file.path, mmap_mode="r", allow_pickle=False)
        step = _step(header.row_bytes)
        for start in range(0, len(array), step):
            rows = np.ascontiguousarray(array[start : start + step])
            yield _part({name: rows[name] if header.dtype.names else rows for name in columns}, columns)

    return Source(file.shown, NPY, columns, problems, parts)


def _npz(file: DataFile) -> Source:
    with zipfile.ZipFile(file.path) as archive:
        headers = {member: _header_of(archive, member) for member in archive.namelist() if member.endswith(_ENDING)}
    named = {member.removesuffix(_ENDING): (member, header) for member, header in headers.items()}
    columns, found = columns_of(file, [(name, _of_rows(header, header.dtype)) for name, (_, header) in named.items()])
    lengths = {name: named[name][1].shape[0] for name in columns}
    problems = [*found, *_different_lengths(file, lengths)]

    def parts() -> Iterator[Part]:
        step = _step(sum(named[name][1].row_bytes for name in columns))
        with zipfile.ZipFile(file.path) as archive:
            streams = {name: _rows(archive, *named[name], step) for name in columns}
            for arrays in zip(*streams.values(), strict=True):
                yield _part(dict(zip(streams, arrays, strict=True)), columns)

    return Source(file.shown, NPZ, columns, tuple(problems), parts)


def _different_lengths(file: DataFile, lengths: Mapping[str, int]) -> Iterator[Problem]:
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {rows:,}" for name, rows in lengths.items())
        yield Problem(
            file.shown, "", f"its arrays differ in their number of rows: {told}", "save arrays with a row for each row"
        )


def _of_rows(header: _Header, dtype: np.dtype[Any]) -> Callable[[], Stored]:
    """What a row of an array is stored as; NoType when it is asked."""

    def kind() -> Stored:
        if not header.shape:
            raise NoType("it is a single value, without rows", "save an array whose first axis is the rows")
        scalar = _scalar(dtype.base)
        axes = tuple(axis or -1 for axis in (*header.shape[1:], *dtype.shape))
        if axes and dtype.base.kind not in "biuf":
            raise NoType(f"a tensor cannot hold {scalar.dtype}", "save an array of one axis")
        return Tensor(scalar, axes) if axes else scalar

    return kind


def _scalar(dtype: np.dtype[Any]) -> Scalar:
    match dtype.kind:
        case "b":
            return Scalar("bool")
        case "i" | "u":
            return Scalar(dtype.name)
        case "f" if dtype.itemsize <= 8:
            return Scalar(dtype.name)
        case "U":
            return Scalar("string")
        case "S":
            return Scalar("bytes")
        case "M":
            return Scalar("date" if np.datetime_data(dtype)[0] == "D" else "timestamp")
        case "m":
            return Scalar("duration")
        case "O":
            raise NoType("it holds Python objects, which are never unpickled", "save it with a dtype of its own")
    raise NoType(f"there is no dtype for NumPy's {dtype}", "save it as one of those that there are, such as float64")


def _part(arrays: Mapping[str, npt.NDArray[Any]], columns: Mapping[str, Stored]) -> Part:
    """Arrays as Arrow holds what they are stored as; Unfit for what it does not hold."""
    held = {}
    for name, array in arrays.items():
        kind = columns[name]
        assert isinstance(kind, Scalar | Tensor), "arrays hold numbers, times and text"
        try:
            held[name] = fit_numpy(array, kind)
        except Misfit as misfit:
            raise Unfit(name, misfit.value, item_of(kind)) from None
    return Part(len(next(iter(arrays.values()), ())), held)


def _step(row_bytes: int) -> int:
    return max(1, min(PART_ROWS, _MOST_BYTES // max(row_bytes, 1)))


def _header_of(archive: zipfile.ZipFile, member: str) -> _Header:
    with archive.open(member) as opened:
        return _header(opened)


def _header(opened: IO[bytes]) -> _Header:
    version = np.lib.format.read_magic(opened)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return _Header(*read(opened))


def _rows(archive: zipfile.ZipFile, member: str, header: _Header, step: int) -> Iterator[npt.NDArray[Any]]:
    """The rows of an array in the archive, so many at a time; one in column-major order is read whole."""
    with archive.open(member) as opened:
        if header.is_column_major:
            whole = np.lib.format.read_array(opened, allow_pickle=False)
            yield from (np.ascontiguousarray(whole[at : at + step]) for at in range(0, len(whole), step))
            return
        _header(opened)
        for start in range(0, header.shape[0], step):
            rows = min(step, header.shape[0] - start)
            data = _exactly(opened, rows * header.row_bytes)
            yield np.frombuffer(data, header.dtype).reshape(rows, *header.shape[1:])


def _exactly(opened: IO[bytes], count: int) -> bytes:
    data = opened.read(count)
    if len(data) < count:
        raise EOFError("it ends within an array")
    return data
