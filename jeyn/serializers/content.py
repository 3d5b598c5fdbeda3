"""Report contents: figures, numbers, texts and tables as files that people open."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jeyn.errors import SerializerError
from jeyn.serializers.extras import type_name
from jeyn.serializers.figures import is_figure, write_figure
from jeyn.serializers.frames import is_table, write_table
from jeyn.serializers.plain import readable

#: ASCII, at most 100 characters, no separators, no dot at either end: a safe name on every system and in a URL.
_SAFE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of content. `suffixes`: what its file's name may end in, the default first; none: anything."""

    words: str
    accepts: Callable[[object], bool]
    write: Callable[[Any, Path], object]
    suffixes: tuple[str, ...] = ()


# A table is .csv by default: a report is for reading and comparing, in any program and in a page. Types and
# nested columns need .parquet, and a table that a later step reads should be a dataset batch anyway.
_KINDS = (
    _Kind(
        "a dict or list",
        lambda value: isinstance(value, dict | list),
        lambda value, path: path.write_bytes(readable(value)),
        (".json",),
    ),
    _Kind("text", lambda value: isinstance(value, str), lambda value, path: path.write_bytes(_utf8(value))),
    _Kind("bytes", lambda value: isinstance(value, bytes), lambda value, path: path.write_bytes(value)),
    _Kind("the Path of a file", lambda value: isinstance(value, Path), shutil.copyfile),
    _Kind("a matplotlib Figure", is_figure, write_figure, (".png", ".svg", ".pdf")),
    _Kind("a table of pandas, polars or pyarrow", is_table, write_table, (".csv", ".parquet")),
)
_TYPED = frozenset(suffix for kind in _KINDS for suffix in kind.suffixes)


def file_name(name: str, value: object) -> str:
    """The name of the file that a content called `name` becomes: with the suffix of its kind where it has none.

    SerializerError if the name is not safe, if its suffix is of another kind of content, or if nothing writes `value`.
    """
    kind = _kind_of(name, value)
    suffix = PurePosixPath(name).suffix
    complete = name
    if kind.suffixes and suffix not in kind.suffixes:
        if suffix in _TYPED:
            raise SerializerError(
                f"{name!r} is {kind.words}, which cannot be written as {suffix}",
                fix=f"end its name in {' or '.join(kind.suffixes)}, or leave the suffix out",
            )
        complete = name + kind.suffixes[0]
    elif not suffix:
        complete += ".txt" if isinstance(value, str) else value.suffix if isinstance(value, Path) else ""
    if not _SAFE.fullmatch(name) or not _SAFE.fullmatch(complete):
        raise SerializerError(
            f"{name!r} cannot name a file of a report",
            fix="use 1 to 100 ASCII letters, digits, dashes, underscores and dots, with no dot at either end",
        )
    return complete


def write_content(name: str, value: object, directory: Path) -> Path:
    """Write one content into `directory`, which exists; the path of its file.

    The same value gives the same bytes. SerializerError as for `file_name`, if a file of that name is there, or if the
    value cannot be written.
    """
    path = directory / file_name(name, value)
    if path.exists():
        raise SerializerError(f"two contents of one report are called {path.name!r}", fix="rename one")
    if isinstance(value, Path) and not value.is_file():
        raise SerializerError(f"{name!r}: there is no file {value}", fix="write the file before giving its path")
    _kind_of(name, value).write(value, path)
    return path


def _kind_of(name: str, value: object) -> _Kind:
    for kind in _KINDS:
        if kind.accepts(value):
            return kind
    accepted = "; ".join(kind.words for kind in _KINDS)
    raise SerializerError(f"{name!r} is a {type_name(value)}, which no report can hold", fix=f"give one of: {accepted}")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise SerializerError(f"the text is not Unicode: {error}") from error
