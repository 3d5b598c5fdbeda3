"""What is measured: contestants, and the contests that they meet in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def nothing() -> None:
    """No preparation."""


class Skipped(Exception):
    """A row cannot be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A process to start anew for each measurement.

    `says_figure`: it prints its own figure (seconds or bytes) as its last line, for what is measured within; otherwise
    the figure is its wall-clock time from start to exit. `before` is called first, outside the measurement.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    says_figure: bool = False
    before: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Absent:
    """A contestant that cannot be had here, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opponent:
    """A peer or a floor. `at_most`: the ratio of Jeyn's figure to this one's that is the target; None: no target."""

    contestant: Contestant | Absent
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """Jeyn and its opponents at one thing.

    `unit` is that of the figures as they are shown: ms or s for seconds, GiB for bytes. `at_most` is a target in
    seconds or bytes for Jeyn by itself. `rounds` is how often each is measured, after one warm-up that does not count.
    """

    title: str
    jeyn: Contestant
    opponents: tuple[Opponent, ...] = ()
    unit: str = "s"
    at_most: float | None = None
    rounds: int = 7
    warm_up: bool = True
    note: str = ""
