"""A file that is opened: its columns, and its rows part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from jeyn_gen.infer.nested_evidence import Shapes
from jeyn_gen.infer.problems import NoType, Problem
from jeyn_gen.infer.stored import Stored, check_name, stored

#: How many rows a part has, about.
PART_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file or folder, and what messages call it: as it was asked for."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows: of each column its values, or the shapes of tensors whose numbers nobody reads."""

    rows: int
    columns: Mapping[str, pa.Array | Shapes]


@dataclass(frozen=True, slots=True)
class Source:
    """`columns` are those that a catalog can state, `problems` tell of the others. `parts` reads from the start.

    `format` is what messages call the file's kind.
    """

    shown: str
    format: str
    columns: Mapping[str, Stored]
    problems: tuple[Problem, ...]
    parts: Callable[[], Iterator[Part]]


def arrow_source(
    file: DataFile, form: str, schema: pa.Schema, batches: Callable[[], Iterator[pa.RecordBatch]]
) -> Source:
    """A source of record batches with this schema."""
    columns, problems = columns_of(file, [(field.name, partial(stored, field.type)) for field in schema])
    return Source(file.shown, form, columns, problems, lambda: map(part_of, batches()))


def part_of(batch: pa.RecordBatch) -> Part:
    """A record batch as a part; of columns with one name the last, since that is a problem already."""
    return Part(batch.num_rows, dict(zip(batch.schema.names, batch.columns, strict=True)))


def columns_of(
    file: DataFile, found: Sequence[tuple[str, Callable[[], Stored]]]
) -> tuple[dict[str, Stored], tuple[Problem, ...]]:
    """What each column is stored as, and why some can be no feature: names that stand twice, types without a dtype."""
    columns: dict[str, Stored] = {}
    problems: list[Problem] = []
    counts = Counter(name for name, _ in found)
    for number, (name, kind) in enumerate(found, start=1):
        try:
            if counts[name] > 1:
                raise NoType(f"{counts[name]} columns have this name", "rename all but one of them")
            check_name(name)
            columns[name] = kind()
        except NoType as reason:
            shown = name if name.strip() else f"number {number}"
            problems.append(Problem(file.shown, shown, reason.message, reason.fix))
    if not found:
        problems.append(Problem(file.shown, "", "it has no columns", "name another file, or leave it out"))
    return columns, tuple(problems)


def limited(parts: Iterator[Part], rows: int | None) -> Iterator[Part]:
    """The parts as far as so many rows go; all of them without a limit."""
    left = rows
    for part in parts:
        if left is None or part.rows <= left:
            yield part
            left = None if left is None else left - part.rows
        else:
            yield Part(left, {name: values[:left] for name, values in part.columns.items()})
            return
        if left == 0:
            return
