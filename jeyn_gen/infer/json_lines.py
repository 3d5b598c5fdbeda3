"""JSON Lines, in chunks of lines: once to tell the types, which any line may change, and once to see the values."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import json
from pyarrow import types as arrow_types

from jeyn.conformance.durations import spelled, with_durations
from jeyn_gen.infer.problems import Problem, refusal
from jeyn_gen.infer.source import DataFile, Source, arrow_source
from jeyn_gen.infer.text_types import OF_JSON, Candidates

JSON_LINES = "JSON Lines"
_CHUNK_BYTES = 4 << 20

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines that are not blank, and the numbers that they have in the file, from 1."""

    lines: tuple[bytes, ...]
    numbers: tuple[int, ...]

    def table(self, schema: pa.Schema | None = None) -> pa.Table:
        """The rows, with at least the columns of a schema; ArrowInvalid for what is no JSON, or of another type."""
        data = b"".join(self.lines)
        read = json.ReadOptions(use_threads=False, block_size=max(len(data), 1))
        parse = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer")
        return json.read_json(io.BytesIO(data), read, parse)


def json_lines(files: Sequence[DataFile], sample: int | None) -> list[Source]:
    """Sources of files with a JSON object per line."""
    return [_source(file, sample) for file in files]


def _source(file: DataFile, sample: int | None) -> Source:
    schema = _schema(file, sample)
    types = {field.name: _without_null(field.type) for field in schema}
    readable = pa.schema([(name, spelled(kind)) for name, kind in types.items()])

    def batches() -> Iterator[pa.RecordBatch]:
        for chunk in _chunks(file, sample):
            for part in chunk.table(readable).combine_chunks().to_batches():
                columns = [with_durations(part.column(name), types[name]) for name in part.schema.names]
                yield pa.RecordBatch.from_arrays(columns, part.schema.names)

    return arrow_source(file, JSON_LINES, schema, batches)


def _schema(file: DataFile, sample: int | None) -> pa.Schema:
    """The one schema of all lines; AnswerIsNo where lines differ in a way that no type joins."""
    schema = pa.schema([])
    texts: dict[Path, Candidates] = {}
    for chunk in _chunks(file, sample):
        try:
            # Only the types: of lists that begin with null, Arrow makes broken arrays where it is told none.
            plain = pa.schema([(field.name, _with_texts(field.type)) for field in chunk.table().schema])
            found = chunk.table(pa.schema([(field.name, _without_null(field.type)) for field in plain]))
            schema = pa.unify_schemas([schema, plain], promote_options="permissive")
        except pa.ArrowException as error:
            raise _bad_lines(file, chunk, error) from None
        for name, column in zip(found.schema.names, found.columns, strict=True):
            _narrow(column.combine_chunks(), (name,), texts)
    return pa.schema([(field.name, _decided(field.type, (field.name,), texts)) for field in schema])


def _chunks(file: DataFile, sample: int | None) -> Iterator[_Chunk]:
    """The file in chunks of whole lines, up to so many that are not blank."""
    number, left = 0, sample
    with file.path.open("rb") as opened:
        while read := opened.readlines(_CHUNK_BYTES):
            kept = [(at, line) for at, line in enumerate(read, number + 1) if line.strip(b" \t\r\n\xef\xbb\xbf")][:left]
            number += len(read)
            if kept:
                numbers, lines = zip(*kept, strict=True)
                yield _Chunk(lines, numbers)
            if left is not None and (left := left - len(kept)) <= 0:
                return


def _with_texts(kind: pa.DataType) -> pa.DataType:
    """A type with text for what Arrow takes for times, zones of which it drops."""
    return _with(kind, lambda leaf: pa.string() if arrow_types.is_timestamp(leaf) else leaf)


def _without_null(kind: pa.DataType) -> pa.DataType:
    """A type to read by: of lists of nothing but null, Arrow makes broken arrays."""
    return _with(kind, lambda leaf: pa.string() if arrow_types.is_null(leaf) else leaf)


def _with(kind: pa.DataType, replaced: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """A type whose leaves, below lists and structs, are replaced."""
    if arrow_types.is_list(kind):
        return pa.list_(_with(kind.value_type, replaced))
    if arrow_types.is_struct(kind):
        return pa.struct([(field.name, _with(field.type, replaced)) for field in kind])
    return replaced(kind)


def _narrow(array: pa.Array, path: Path, texts: dict[Path, Candidates]) -> None:
    """Let all texts within a column narrow what they can be, by the way that leads to them."""
    if arrow_types.is_string(array.type):
        texts.setdefault(path, Candidates(OF_JSON)).narrow(array)
    elif arrow_types.is_list(array.type):
        _narrow(array.flatten(), (*path, "[]"), texts)
    elif arrow_types.is_struct(array.type):
        for field, inner in zip(array.type, array.flatten(), strict=True):
            _narrow(inner, (*path, f".{field.name}"), texts)


def _decided(kind: pa.DataType, path: Path, texts: dict[Path, Candidates]) -> pa.DataType:
    if arrow_types.is_string(kind):
        return texts[path].type if path in texts else kind
    if arrow_types.is_list(kind):
        return pa.list_(_decided(kind.value_type, (*path, "[]"), texts))
    if arrow_types.is_struct(kind):
        return pa.struct([(field.name, _decided(field.type, (*path, f".{field.name}"), texts)) for field in kind])
    return kind


def _bad_lines(file: DataFile, chunk: _Chunk, error: pa.ArrowException) -> Any:
    """The refusal for lines that cannot be read together, with the line that Arrow names."""
    row = re.search(r" in row (\d+)$", str(error))
    told = re.sub(r"^JSON parse error: | in row \d+$", "", str(error))
    at = min(int(row[1]), len(chunk.numbers) - 1) if row else None
    place = f"line {chunk.numbers[at]}" if at is not None else f"lines {chunk.numbers[0]} to {chunk.numbers[-1]}"
    fix = "write one object per line, with values of one type under each key"
    return refusal([Problem(file.shown, "", f"{place}: {told}", fix)])
