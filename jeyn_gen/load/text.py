"""The text of a file that people wrote, or where and why it has none."""

# ruff: noqa: PTH116, PTH118, PTH123
# (of ten thousand small files pathlib's ways take longer than reading them)
from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Location
from jeyn_gen.load.nodes import BadDocument

_MOST_BYTES = 4 << 20


def read_text(root: Path, path: str) -> str:
    """The text of a document without a byte order mark; raises BadDocument."""
    data = _bytes(root, path).removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        place = Location(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise BadDocument(made(place, "JYN102", f"the byte 0x{data[error.start]:02x} is not UTF-8")) from None


def _bytes(root: Path, path: str) -> bytes:
    file = os.path.join(root, path)
    try:
        status = os.stat(file)
        if not stat.S_ISREG(status.st_mode):
            raise BadDocument(made(Location(path), "JYN102", "not a file", "delete it, or give it another name"))
        if status.st_size > _MOST_BYTES:
            message = f"it has {status.st_size:,} bytes; a document has at most {_MOST_BYTES:,}"
            raise BadDocument(made(Location(path), "JYN118", message))
        with open(file, "rb", buffering=0) as stream:
            return stream.readall()
    except FileNotFoundError:
        fix = "delete the link, or restore what it points to"
        raise BadDocument(made(Location(path), "JYN102", "a link to a file that is not there", fix)) from None
    except OSError as error:
        raise BadDocument(made(Location(path), "JYN102", f"the file cannot be read: {error.strerror}")) from None
