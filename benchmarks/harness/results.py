"""Figures as kept in results.json, and results.md made from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from harness.contest import Absent, Contest

_SCALES = {"ms": 1e-3, "s": 1.0, "MiB": 2**20, "GiB": 2**30}
#: Figures that spread over more than this many times their median say more of the machine than of the contestant.
WILD = 0.5
_HEAD = ("row", "Jeyn", "spread", "peer or floor", "its figure", "its spread", "ratio", "target", "met", "command")


@dataclass(frozen=True, slots=True)
class Line:
    """Jeyn and one opponent, or Jeyn by itself, or nothing but the reason why there are no figures.

    Figures are seconds or bytes, in the order of the rounds. `at_most` is a ratio where there is an opponent.
    """

    title: str
    unit: str
    jeyn: list[float] = field(default_factory=list)
    opponent: str = ""
    theirs: list[float] = field(default_factory=list)
    at_most: float | None = None
    reason: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The median of the ratios round by round."""
        if not self.theirs:
            return None
        return median(own / other for own, other in zip(self.jeyn, self.theirs, strict=True))

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none, or no figures."""
        if self.at_most is None or not self.jeyn or (self.opponent and not self.theirs):
            return None
        reached = self.ratio if self.opponent else median(self.jeyn)
        return reached is not None and reached <= self.at_most

    @property
    def is_wild(self) -> bool:
        """Whether the figures of one side spread too far to rely on."""
        return any(max(side) - min(side) > WILD * median(side) for side in (self.jeyn, self.theirs) if len(side) > 1)


def lines(contest: Contest, figures: dict[str, list[float]]) -> Iterator[Line]:
    """What a contest says: one line per target or opponent; Jeyn's own where there is neither."""
    own = figures[contest.jeyn.name]
    if contest.at_most is not None or not contest.opponents:
        yield Line(contest.title, contest.unit, own, at_most=contest.at_most, note=contest.note)
    for opponent in contest.opponents:
        one = opponent.contestant
        reason = one.reason if isinstance(one, Absent) else ""
        theirs = figures.get(one.name, [])
        yield Line(contest.title, contest.unit, own, one.name, theirs, opponent.at_most, reason, contest.note)


def keep(path: Path, machine: dict[str, str], rows: dict[str, list[Line]]) -> dict[str, list[Line]]:
    """Put rows among those of results.json that were measured on the same machine and code; give back all.

    Others are dropped: figures of one table are of one machine and one state of the code.
    """
    known: dict[str, list[Line]] = {}
    if path.exists():
        held = json.loads(path.read_text(encoding="utf-8"))
        if {**held["machine"], "date": ""} == {**machine, "date": ""}:
            known = {name: [Line(**line) for line in found] for name, found in held["rows"].items()}
    known |= rows
    plain = {name: [asdict(line) for line in found] for name, found in known.items()}
    path.write_text(json.dumps({"machine": machine, "rows": plain}, indent=1) + "\n", encoding="utf-8")
    return known


def as_markdown(machine: dict[str, str], rows: dict[str, list[Line]]) -> str:
    """The page."""
    text = [
        "# Benchmark results",
        "",
        "Written by `python benchmarks/run.py`. Contestants take turns. A figure is the median over the rounds, a"
        " spread the least and the greatest, a ratio the median, round by round, of Jeyn's figure to the other's.",
        "",
        *(f"- {label}: {fact}" for label, fact in machine.items()),
        "",
        _row(_HEAD),
        _row(["---"] * len(_HEAD)),
        *(_row(cells(line, f"`python benchmarks/run.py {name}`")) for name, found in rows.items() for line in found),
    ]
    notes = dict.fromkeys((line.title, line.note) for found in rows.values() for line in found if line.note)
    if notes:
        text += ["", *(f"- *{title}*: {note}" for title, note in notes)]
    return "\n".join(text) + "\n"


def cells(line: Line, command: str) -> list[str]:
    """One line of the table."""
    met = {True: "yes", False: "**no**", None: "-"}[line.is_met]
    return [
        line.title,
        _middle(line.jeyn, line.unit),
        _spread(line.jeyn, line.unit),
        f"{line.opponent} ({line.reason})".strip() if line.reason else line.opponent or "-",
        _middle(line.theirs, line.unit),
        _spread(line.theirs, line.unit),
        f"{line.ratio:.2f}" if line.ratio is not None else "-",
        _target(line),
        met,
        command,
    ]


def _target(line: Line) -> str:
    if line.at_most is None:
        return "-"
    return f"ratio ≤ {line.at_most:g}" if line.opponent else f"≤ {_shown(line.at_most, line.unit)}"


def _middle(figures: list[float], unit: str) -> str:
    return _shown(median(figures), unit) if figures else "-"


def _spread(figures: list[float], unit: str) -> str:
    if len(figures) < 2:
        return "-"
    low, high = min(figures) / _SCALES[unit], max(figures) / _SCALES[unit]
    return f"{_number(low)} to {_number(high)}"


def _shown(figure: float, unit: str) -> str:
    return f"{_number(figure / _SCALES[unit])} {unit}"


def _number(value: float) -> str:
    """Three digits, and never an exponent for what is large."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _row(parts: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(part.replace('|', chr(92) + '|') for part in parts)} |"
