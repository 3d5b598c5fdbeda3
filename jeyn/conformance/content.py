"""The digest of what a batch's values are, whatever their chunks, encoding, writer or library.

Format 1. Each feature, in the order of the features' names (by code point), has three SHA-256 digests, each over one
stream that runs over all rows in order. All integers are little-endian.

- *nulls*: the number of each null row, counted from 0, as an int64.
- *lengths*: for strings and bytes the length in bytes of each row as an int64; for tensors with a free axis the
  length of every axis of each row as int64s. A null row has length 0. Nothing for other types.
- *values*: the values of each row, one after another; of a tensor all its numbers in row-major order.
  Integers and floats (IEEE 754) have their own width. Of floats, every NaN is the quiet NaN without sign and payload
  (0x7e00, 0x7fc00000, 0x7ff8000000000000), and -0.0 is not 0.0. Booleans are the bytes 0 and 1. Strings are UTF-8.
  Dates are int32 days since 1970-01-01, timestamps int64 microseconds since 1970-01-01T00:00 (in UTC, if zoned),
  durations int64 microseconds. Decimals are the integer value * 10**scale in two's complement, of 16 bytes, or 32 if
  the precision is above 38. A null row has zeros where rows have a fixed width, and otherwise nothing.

A struct has no lengths; a list has the number of items of each row as an int64, 0 for a null row. The values of both
are those of their fields, in the order of the fields' names, or of their items, in rows that are not null: for each
the length of its name in bytes, int64 (of an item 0); its name in UTF-8; and its own three digests, whose rows are
these fields or items, counted from 0.

The digest is the SHA-256 of

    "jeyn.batch/1\\n"
    the definition digest as ASCII (`sha256:` and 64 hexadecimal digits), and "\\n"
    the number of rows, int64
    and for each feature: the length of its name in bytes, int64; its name in UTF-8;
    the 32 bytes each of the digests of nulls, lengths and values.

Types, shapes and whether a feature may be null are in the definition digest.
"""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pyarrow as pa
from pyarrow import types as arrow_types

from jeyn.conformance.arrow import storage
from jeyn.conformance.views import (
    Mask,
    Numbers,
    children,
    fixed_values,
    lengths,
    missing,
    numbers,
    offsets,
    shapes,
    zeroed,
)
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Feature, List, Tensor

_PREFIX = b"jeyn.batch/1\n"


class ContentDigest:
    """A running digest of batches of `arrow_schema(catalog)`.

    `definition_digest` is that of the definition that the values are of, so equal values under another catalog or
    formula have another digest.
    """

    def __init__(self, catalog: DataCatalog, definition_digest: str) -> None:
        self._names = [feature.name for feature in catalog.features]
        self._columns = {feature.name: _ColumnDigest(feature) for feature in catalog.features}
        self._definition = definition_digest
        self._rows = 0

    def update(self, batch: pa.RecordBatch) -> None:
        """Take in the next rows; ValueError if their features are others."""
        if batch.schema.names != self._names:
            raise ValueError(f"a batch of other features: {batch.schema.names}")
        for name, column in zip(self._names, batch.columns, strict=True):
            self._columns[name].update(column)
        self._rows += batch.num_rows

    def hexdigest(self) -> str:
        """The digest of the rows so far: `sha256:` and 64 hexadecimal digits."""
        whole = hashlib.sha256(_PREFIX)
        whole.update(f"{self._definition}\n".encode("ascii"))
        whole.update(_int64(self._rows))
        for name in sorted(self._columns):
            encoded = name.encode()
            whole.update(_int64(len(encoded)) + encoded + self._columns[name].digests())
        return f"sha256:{whole.hexdigest()}"


class _ColumnDigest:
    def __init__(self, feature: Feature) -> None:
        self._kind = feature.type
        self._nulls, self._lengths, self._values = (hashlib.sha256() for _ in range(3))
        self._rows = 0
        self._children = [(child.name, _ColumnDigest(child)) for child in feature.children]

    def digests(self) -> bytes:
        values = self._values.copy()
        for name, child in sorted(self._children, key=lambda pair: pair[0]):
            encoded = b"" if isinstance(self._kind, List) else name.encode()
            values.update(_int64(len(encoded)) + encoded + child.digests())
        return self._nulls.digest() + self._lengths.digest() + values.digest()

    def update(self, column: pa.Array) -> None:
        null = missing(column)
        if null is not None:
            self._nulls.update(_bytes(np.flatnonzero(null) + self._rows))
        self._rows += len(column)
        if self._children:
            if isinstance(self._kind, List):
                self._lengths.update(_bytes(lengths(column)))
            for (_, child), values in zip(self._children, children(column, self._kind), strict=True):
                child.update(values)
        elif isinstance(self._kind, Tensor):
            add = self._add_fixed_tensors if self._kind.is_fixed else self._add_free_tensors
            add(column, null)
        elif arrow_types.is_string(column.type) or arrow_types.is_binary(column.type):
            self._add_texts(column, null)
        else:
            self._values.update(_bytes(zeroed(_canonical(numbers(column)), null)))

    def _add_fixed_tensors(self, column: pa.Array, null: Mask | None) -> None:
        assert isinstance(self._kind, Tensor)
        flat = numbers(fixed_values(column))
        self._values.update(_bytes(zeroed(_canonical(flat).reshape(-1, self._kind.size), null)))

    def _add_free_tensors(self, column: pa.Array, null: Mask | None) -> None:
        axes = zeroed(shapes(column), null)
        self._lengths.update(_bytes(axes.astype(np.int64)))
        held = storage(column)
        data = (held if null is None else held.drop_null()).field("data")
        self._values.update(_bytes(_canonical(numbers(data.flatten()))))

    def _add_texts(self, column: pa.Array, null: Mask | None) -> None:
        if null is not None:
            column = column.fill_null(b"" if arrow_types.is_binary(column.type) else "")
        ends = offsets(column)
        self._lengths.update(_bytes(np.diff(ends).astype(np.int64)))
        if ends[-1] > ends[0]:
            self._values.update(memoryview(column.buffers()[2])[ends[0] : ends[-1]])


def _canonical(values: Numbers) -> Numbers:
    """The values with every NaN the same; copied only if there is one."""
    if values.dtype.kind != "f" or not len(values) or not np.isnan(values.min()):
        return values
    return np.where(np.isnan(values), values.dtype.type(np.nan), values)


def _bytes(values: Numbers) -> memoryview:
    """The memory of an array, without a copy where it is in one piece already."""
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data


def _int64(value: int) -> bytes:
    return struct.pack("<q", value)
