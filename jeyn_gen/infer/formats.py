"""Which format a file has: by its ending, which its first bytes must bear out, or by these alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from jeyn.errors import AskError
from jeyn_gen.infer.array_files import NPY, NPZ, npy_files, npz_files
from jeyn_gen.infer.arrow_files import ARROW_FILE, ARROW_STREAM, PARQUET, arrow_file, arrow_stream, parquet
from jeyn_gen.infer.csv_files import CSV, csv_files
from jeyn_gen.infer.image_folders import IMAGES, image_folders
from jeyn_gen.infer.json_lines import JSON_LINES, json_lines
from jeyn_gen.infer.problems import UNREADABLE, refusal, unreadable
from jeyn_gen.infer.source import DataFile, Source


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table. A text format has no `magic`, the bytes that such files begin with."""

    name: str
    endings: tuple[str, ...]
    magic: bytes
    sources: Callable[[Sequence[DataFile], int | None], list[Source]]


FORMATS = (
    Format(PARQUET, (".parquet", ".pq"), b"PAR1", parquet),
    Format(ARROW_FILE, (".arrow", ".ipc", ".feather"), b"ARROW1", arrow_file),
    Format(ARROW_STREAM, (".arrows", ".arrow", ".ipc"), b"\xff\xff\xff\xff", arrow_stream),
    Format(NPY, (".npy",), b"\x93NUMPY", npy_files),
    Format(NPZ, (".npz",), b"PK", npz_files),
    Format(CSV, (".csv",), b"", csv_files),
    Format(JSON_LINES, (".jsonl", ".ndjson"), b"", json_lines),
)
_FOLDER = Format(IMAGES, (), b"", image_folders)


def sources_of(files: Sequence[DataFile], sample: int | None) -> list[Source]:
    """The files, opened, in their order; AskError for one that has no known format, AnswerIsNo for broken ones."""
    found: list[Source] = []
    for kind, some in groupby(files, key=format_of):
        group = list(some)
        try:
            found += kind.sources(group, sample)
        except UNREADABLE as error:
            raise refusal([unreadable(", ".join(file.shown for file in group), kind.name, error)]) from error
    return found


def format_of(file: DataFile) -> Format:
    """The format of a file; AskError for what has none."""
    if file.path.is_dir():
        return _FOLDER
    try:
        with file.path.open("rb") as opened:
            head = opened.read(1024)
    except OSError as error:
        raise AskError(f"{file.shown} cannot be read: {error.strerror}") from None
    ending = file.path.suffix.lower()
    by_ending = [one for one in FORMATS if ending in one.endings]
    by_magic = [
        one for one in FORMATS if one.magic and head.startswith(one.magic) and (one.magic != b"PK" or by_ending)
    ]
    fitting = [one for one in by_ending if one in by_magic or (not one.magic and not (by_magic and b"\0" in head))]
    if fitting:
        return fitting[0]
    if by_ending:
        told = f"begins as {by_magic[0].name} does" if by_magic else "is empty" if not head else "does not begin as one"
        raise AskError(f"{file.shown} should be {by_ending[0].name}, but {told}", "give it the ending of what it is")
    if by_magic:
        return by_magic[0]
    known = ", ".join(sorted({ending for one in FORMATS for ending in one.endings}))
    raise AskError(f"the format of {file.shown} cannot be told", f"give it one of the endings {known}")
