"""CSV, read as the `files` recipe reads it: which marks are null depends on whether a file has texts.

A file is read as text twice: once to tell the types, which any line may change, and once to see the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
from pyarrow import csv

from jeyn_gen.infer.source import DataFile, Part, Source, columns_of, limited
from jeyn_gen.infer.stored import stored
from jeyn_gen.infer.text_types import OF_CSV, Candidates, converted

CSV = "CSV"
#: What is null in a file where no column holds text, and where one does. Quoted, none of them is.
_MARKS = ("", "NA", "N/A", "NaN", "nan", "null", "NULL")
_EMPTY = ("",)


def csv_files(files: Sequence[DataFile], sample: int | None) -> list[Source]:
    """Sources of CSV files with a line of names, separated by commas."""
    names = [_names(file) for file in files]
    types = [_types(file, _MARKS, sample) for file in files]
    with_text: set[int] = set()
    while more := _with_text(names, types) - with_text:  # which may be text elsewhere, where marks are no longer null
        with_text |= more
        for place in more:
            types[place] = _types(files[place], _EMPTY, sample)
    # A column of marks alone has no type where they are null, and may have one where they are not.
    with_text = _with_text(names, types)
    marks = [_EMPTY if place in with_text else _MARKS for place in range(len(files))]
    return [_source(file, found, own) for file, found, own in zip(files, types, marks, strict=True)]


def _with_text(names: Sequence[Sequence[str]], types: Sequence[Sequence[pa.DataType]]) -> set[int]:
    """The places of the files with a column that will be text, as one without values in any file will."""
    found: dict[str, set[pa.DataType]] = {}
    for own, kinds in zip(names, types, strict=True):
        for name, kind in zip(own, kinds, strict=True):
            found.setdefault(name, set()).add(kind)
    texts = {name for name, kinds in found.items() if pa.string() in kinds or kinds == {pa.null()}}
    return {place for place, own in enumerate(names) if not texts.isdisjoint(own)}


def _source(file: DataFile, types: Sequence[pa.DataType], marks: Sequence[str]) -> Source:
    names = _names(file)
    columns, problems = columns_of(
        file, [(name, partial(stored, kind)) for name, kind in zip(names, types, strict=True)]
    )

    def parts() -> Iterator[Part]:
        for batch in _texts(file, names, marks):
            arrays = [converted(texts, kind) for texts, kind in zip(batch.columns, types, strict=True)]
            yield Part(batch.num_rows, dict(zip(names, arrays, strict=True)))

    return Source(file.shown, CSV, columns, problems, parts)


def _types(file: DataFile, marks: Sequence[str], sample: int | None) -> list[pa.DataType]:
    """The type of each column, in the order of the columns; null where a column has no values."""
    names = _names(file)
    found = [Candidates(OF_CSV) for _ in names]
    places = [str(place) for place in range(len(names))]  # two columns may have one name
    parts = (Part(one.num_rows, dict(zip(places, one.columns, strict=True))) for one in _texts(file, names, marks))
    for part in limited(parts, sample):
        for candidates, texts in zip(found, part.columns.values(), strict=True):
            candidates.narrow(texts)
    return [candidates.type for candidates in found]


def _names(file: DataFile) -> list[str]:
    with csv.open_csv(file.path, parse_options=_parsing()) as reader:
        names: list[str] = reader.schema.names
    return names


def _texts(file: DataFile, names: Sequence[str], marks: Sequence[str]) -> Iterator[pa.RecordBatch]:
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=list(marks),
    )
    with csv.open_csv(file.path, convert_options=options, parse_options=_parsing()) as reader:
        yield from reader


def _parsing() -> csv.ParseOptions:
    return csv.ParseOptions(newlines_in_values=True)
