"""A skops file, put into a form that depends on the model alone: the zip, and the arrays in it."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from jeyn.serializers.skops_form import Node, parse, settled

_SCHEMA = "schema.json"
_UNIX = 3
# How the header of numpy's format begins where the dtype has fields: a list, not text. At most 12 bytes stand before.
_FIELDS = b"{'descr': ["


def rewrite(raw: IO[bytes], path: Path) -> Node:
    """Write the settled form of the skops file `raw` to `path`, one array in memory at a time; its schema.

    Members are named by the sha256 of their content, sorted, without times, and stored as they are: a compressed file's
    bytes would follow the version of zlib.
    """
    with ZipFile(raw) as source:
        names = {name: _lasting_name(source, name) for name in source.namelist() if name != _SCHEMA}
        schema = settled(parse(source.read(_SCHEMA)), names)
        _write(source, {lasting: name for name, lasting in names.items()}, schema, path)
    return schema


def _write(source: ZipFile, members: Mapping[str, str], schema: Node, path: Path) -> None:
    with ZipFile(path, "w", ZIP_STORED) as target:
        for lasting in sorted(members):
            target.writestr(_member(lasting), _content(source, members[lasting]))
        target.writestr(_member(_SCHEMA), json.dumps(schema, separators=(",", ":")))


def _lasting_name(source: ZipFile, name: str) -> str:
    return hashlib.sha256(_content(source, name)).hexdigest() + PurePosixPath(name).suffix


def _content(source: ZipFile, name: str) -> bytes:
    content = source.read(name)
    if name.endswith(".npz"):
        return _uncompressed(content)
    if name.endswith(".npy") and _FIELDS in content[: 12 + len(_FIELDS)]:
        return _without_gaps(content)
    return content


def _uncompressed(archive: bytes) -> bytes:
    """A sparse matrix is a zip in the zip; its members too are sorted and stored as they are."""
    rewritten = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as source, ZipFile(rewritten, "w", ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            target.writestr(_member(name), source.read(name))
    return rewritten.getvalue()


def _without_gaps(array: bytes) -> bytes:
    """Records with zeros between their fields.

    The nodes of a decision tree have 7 bytes of padding each, and where numpy loaded them, whatever the process had in
    that memory before lies there: other bytes each time, and nothing that belongs in a file.
    """
    held = np.load(io.BytesIO(array), allow_pickle=False)
    if not held.nbytes:
        return array
    start = len(array) - held.nbytes
    records = np.frombuffer(bytearray(array[start:]), np.uint8).reshape(-1, held.dtype.itemsize)
    records[:, ~_fields_of(held.dtype)] = 0
    return array[:start] + records.tobytes()


def _fields_of(dtype: np.dtype[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which bytes of one item are of a field."""
    if dtype.subdtype is not None:
        item, shape = dtype.subdtype
        return np.tile(_fields_of(item), math.prod(shape))
    taken = np.full(dtype.itemsize, not dtype.names)
    for field, start, *_ in (dtype.fields or {}).values():
        taken[start : start + field.itemsize] = _fields_of(field)
    return taken


def _member(name: str) -> ZipInfo:
    """A member with the oldest time that a zip can state, and the same system and permissions everywhere."""
    member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.create_system = _UNIX
    member.external_attr = 0o644 << 16
    return member
