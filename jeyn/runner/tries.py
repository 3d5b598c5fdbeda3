"""Trying steps in processes: each again as often as it says, after the wait that it asks for, within its time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jeyn.local_files import using
from jeyn.model.plan import PlannedStep
from jeyn.model.spans import span_of
from jeyn.runner.fan_out import Item
from jeyn.runner.fixing import Commit
from jeyn.runner.lookup import Action, Lookup
from jeyn.runner.processes import Processes
from jeyn.runner.runtime import threads_of
from jeyn.runner.task import Outcome, Task, label
from jeyn.runner.worker import CANNOT_WRITE

# How long a process that has been told to end is waited for before it is told again, in seconds.
_SIGNAL_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """An item of a step that is to run in a process: what it would do, and the heads of its outputs' streams.

    `began` is when it was looked at first, by the monotonic clock.
    """

    step: PlannedStep
    item: Item
    action: Action
    heads: dict[str, int]
    began: float

    @property
    def label(self) -> str:
        return label(self.step.name, self.item.name)


@dataclass(frozen=True, slots=True)
class _Try:
    """A try whose process runs."""

    part: Part
    task: Task
    log: Path
    attempt: int


@dataclass(slots=True)
class Tries:
    """The tries of one run: those that run, and those that wait until they are due.

    What the steps write goes to `log` if that is given, else to a file for each in the run's folder. `limit` bounds, in
    seconds, all tries together of a step that has no timeout of its own; 0: none.
    """

    lookup: Lookup
    commit: Commit
    processes: Processes
    tell: Callable[[str], None]
    log: Path | None = None
    limit: int = 0
    _running: dict[int, _Try] = field(default_factory=dict)
    _overdue: set[int] = field(default_factory=set)
    _waiting: list[tuple[float, int, Part]] = field(default_factory=list)
    _jobs: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def running(self) -> int:
        """How many processes run."""
        return len(self._running)

    @property
    def is_busy(self) -> bool:
        """Whether any part has not ended yet."""
        return bool(self._running or self._waiting)

    def start(self, part: Part, attempt: int = 0) -> None:
        """Start the process of a part."""
        base = self.commit.folder / ".".join(filter(None, (part.step.name, part.item.name)))
        task = self._task(part, f"{base}.outcome.{attempt}.json")
        path, log = Path(f"{base}.task.json"), self.log or Path(f"{base}.log")
        with using(self.commit.folder):
            task.write(path)
        job = next(self._jobs)
        self._running[job] = _Try(part, task, log, attempt)
        self.processes.start(job, path, log, threads_of(part.step))

    def start_due(self) -> bool:
        """Start the part that is to be tried again since longest; False where none is due."""
        first = min(self._waiting, default=None, key=lambda one: one[0])
        if first is None or first[0] > time.monotonic():
            return False
        self._waiting.remove(first)
        self.start(first[2], first[1])
        return True

    def wait(self) -> tuple[Part, Outcome] | None:
        """The next part that ends for good and how; None where a try only failed, or its time has come."""
        ended = self.processes.wait(self._patience())
        if ended is None:
            self._end_overdue()
            return None
        return self._ended(*ended)

    def _patience(self) -> float | None:
        """Until something has to be done even if no process ends, in seconds."""
        now = time.monotonic()
        moments = [due - now for due, _, _ in self._waiting if due > now]
        moments += [_SIGNAL_AGAIN if job in self._overdue else self._rest(job) for job in self._limited()]
        return max(0.0, min(moments)) if moments else None

    def _limited(self) -> list[int]:
        return [job for job, one in self._running.items() if one.part.step.timeout or self.limit]

    def _rest(self, job: int) -> float:
        """How long a process may still run."""
        part = self._running[job].part
        if part.step.timeout:
            return part.step.timeout - self.processes.seconds(job)
        return self._left(part)

    def _left(self, part: Part) -> float:
        """The seconds that are left of the limit."""
        return part.began + self.limit - time.monotonic()

    def _end_overdue(self) -> None:
        for job in self._limited():
            if self._rest(job) <= 0:
                self._overdue.add(job)
                self.processes.end(job)

    def _ended(self, job: int, code: int) -> tuple[Part, Outcome] | None:
        one = self._running.pop(job)
        outcome = self._outcome(one, code, is_overdue=job in self._overdue)
        self._overdue.discard(job)
        part, retries = one.part, one.part.step.retries
        pause = part.step.backoff.before(one.attempt)
        is_late = self.limit and not part.step.timeout and self._left(part) <= pause
        if outcome.status != "failed" or one.attempt >= retries or is_late:
            hint = "" if outcome.status == "done" or self.log else _hint(one.log)
            return part, replace(outcome, error=outcome.error + hint)
        when = f"in {span_of(pause)}" if pause else "again"
        self.tell(f"{part.label}: try {one.attempt + 1} of {retries + 1} failed, trying {when}")
        self._waiting.append((time.monotonic() + pause, one.attempt + 1, part))
        return None

    def _outcome(self, one: _Try, code: int, *, is_overdue: bool) -> Outcome:
        found = Outcome.read(Path(one.task.result))
        if found is not None and (found.status == "done" or not is_overdue):
            return found
        if is_overdue:
            own = one.part.step.timeout
            whose = span_of(own) if own else f"the {span_of(self.limit)} that the environment gives"
            return Outcome("failed", {}, f"took longer than {whose}")
        if code == CANNOT_WRITE:
            told = f"the folder {self.commit.folder} cannot be used: how the step ended could not be written"
            return Outcome("unreachable", {}, f"{told}\n  fix: check free space and rights")
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return Outcome("failed", {}, f"the process of the step {how}", signal=max(-code, 0))

    def _task(self, part: Part, result: str) -> Task:
        project = self.lookup.project
        return Task(
            root=str(project.root),
            environment=project.settings.environment.name,
            sidecar=project.parts.sidecar_endpoint,
            work_tree=str(self.commit.work_tree),
            pipeline=self.lookup.plan.pin,
            step=part.step.name,
            item=part.item.name,
            origin=replace(self.commit.origin, step=part.step.name, item=part.item.name),
            inputs=part.action.inputs,
            parameters=part.action.parameters,
            cache_key=part.action.key,
            heads=part.heads,
            tree=str(self.commit.tree or ""),
            result=result,
        )


def _hint(log: Path) -> str:
    return f"\n  its output: {log}" if log.exists() and log.stat().st_size else ""
