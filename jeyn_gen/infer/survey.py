"""Reading all sources: one type for each name, and what was seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jeyn.model.types import Family
from jeyn_gen.infer.evidence import Unfit
from jeyn_gen.infer.joined import joined
from jeyn_gen.infer.nested_evidence import Evidence, evidence_of
from jeyn_gen.infer.problems import UNREADABLE, Problem, refusal, unreadable
from jeyn_gen.infer.source import Source, limited
from jeyn_gen.infer.stored import Stored

_ROUND = (
    "round it to microseconds, which timestamps and durations count in: pandas' .dt.round('us'), or Arrow's"
    " cast to another unit with safe=False"
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What was seen. `lacking` names the files without a column; `sample` is how many rows of each file were read."""

    columns: dict[str, Evidence]
    lacking: dict[str, list[str]]
    rows: int
    files: tuple[str, ...]
    sample: int | None


def surveyed(sources: Sequence[Source], sample: int | None) -> Survey:
    """Read the sources; AnswerIsNo, with all problems, where a catalog cannot be made of them."""
    problems = [problem for source in sources for problem in source.problems]
    columns = _united(sources, problems)
    evidence = {name: evidence_of(name, kind) for name, kind in columns.items()}
    if problems:  # before much is read
        raise refusal(problems)
    rows = sum(_read(source, evidence, sample, problems) for source in sources)
    if problems:
        raise refusal(problems)
    lacking = {name: [source.shown for source in sources if name not in source.columns] for name in columns}
    return Survey(evidence, lacking, rows, tuple(source.shown for source in sources), sample)


def _united(sources: Sequence[Source], problems: list[Problem]) -> dict[str, Stored]:
    """The columns of all sources; those that differ in a way that no type joins are problems of two files."""
    found: dict[str, Stored] = {}
    first: dict[str, str] = {}
    for source in sources:
        for name, kind in source.columns.items():
            held = joined(found[name], kind) if name in found else kind
            if held is None:
                message = f"it is {kind} here, but {found[name]} in {first[name]}"
                fix = "make them alike at their source, or infer from one of the files"
                problems.append(Problem(source.shown, name, message, fix))
                continue
            found[name] = held
            first.setdefault(name, source.shown)
    return found


def _read(source: Source, evidence: dict[str, Evidence], sample: int | None, problems: list[Problem]) -> int:
    """Take in the rows of a source; how many there were."""
    rows = 0
    wanted = dict(evidence)
    try:
        for part in limited(source.parts(), sample):
            rows += part.rows
            for name in list(wanted):
                try:
                    if name in part.columns:
                        wanted[name].update(part.columns[name])
                    else:
                        wanted[name].add_nulls(part.rows)
                except Unfit as unfit:
                    problems.append(_unfit(source, unfit))
                    del wanted[name]
    except Unfit as unfit:
        problems.append(_unfit(source, unfit))
    except UNREADABLE as error:
        problems.append(unreadable(source.shown, source.format, error))
    return rows


def _unfit(source: Source, unfit: Unfit) -> Problem:
    is_time = unfit.kind.family in (Family.TIMESTAMP, Family.DURATION)
    message = f"{unfit.kind} cannot hold {unfit.value} as it is"
    fix = _ROUND if is_time else "store it in one type in all files, or leave it out"
    return Problem(source.shown, unfit.path, message, fix)
