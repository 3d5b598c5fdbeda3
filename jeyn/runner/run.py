"""Running a pipeline on this machine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jeyn.errors import JeynError, Unreachable
from jeyn.model.artefact import StepInput
from jeyn.model.plan import Plan, PlannedStep
from jeyn.project import Project
from jeyn.runner import result
from jeyn.runner.code import FirstParty, third_party_imports
from jeyn.runner.collecting import collected, gathered
from jeyn.runner.fan_out import Item
from jeyn.runner.fixing import Commit, fix_commit
from jeyn.runner.interrupts import interrupts_of
from jeyn.runner.journal import Journal
from jeyn.runner.lookup import Lookup
from jeyn.runner.processes import Processes
from jeyn.runner.result import ItemResult, RunResult, StepResult
from jeyn.runner.skipping import skipped_after, skipped_since
from jeyn.runner.task import Outcome, label
from jeyn.runner.tries import Part, Tries

Tell = Callable[[StepResult | str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: `only` these steps, `force` even what is known, at most `workers` processes at once."""

    only: Collection[str] = ()
    force: bool = False
    workers: int = 2


def run_pipeline(
    project: Project, plan: Plan, parameters: Mapping[str, Any], options: Options, processes: Processes, tell: Tell
) -> RunResult:
    """Run a pipeline whose generated code is up to date. `tell` hears of each step as it ends.

    Raises AskError where the run cannot start; a step that fails is in the result.
    """
    lookup = Lookup.begin(project, plan, parameters, options.only)
    commit = fix_commit(project, plan)
    run = _Run(lookup, options, Tries(lookup, commit, processes, tell), Journal(project, plan, commit.origin), tell)
    with interrupts_of(processes):
        return _recorded(run, commit)


def _recorded(run: _Run, commit: Commit) -> RunResult:
    """Run it, its start and its end recorded."""
    lookup = run.lookup
    run.journal.started(lookup.steps, lookup.parameters)
    began = time.monotonic()
    status = run.finish()
    done = RunResult(
        run=commit.origin.run,
        pipeline=lookup.plan.name,
        commit=commit.origin.commit,
        dirty=commit.origin.dirty,
        status=status,
        seconds=time.monotonic() - began,
        steps=tuple(run.results[step.name] for step in lookup.steps if step.name in run.results),
        left_out=commit.left_out,
    )
    run.journal.ended(done)
    return done


@dataclass(slots=True)
class _Begun:
    """A step that has begun: what it reads, its items, and how those went that have ended."""

    step: PlannedStep
    inputs: dict[str, StepInput]
    items: tuple[Item, ...]
    began: float
    ended: dict[str, ItemResult] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """A run that goes on: what has ended, what has begun, what waits."""

    lookup: Lookup
    options: Options
    tries: Tries
    journal: Journal
    tell: Tell
    results: dict[str, StepResult] = field(default_factory=dict)
    begun: dict[str, _Begun] = field(default_factory=dict)
    items: deque[tuple[PlannedStep, Item]] = field(default_factory=deque)
    waiting: list[PlannedStep] = field(init=False)
    has_preloaded: bool = False

    def __post_init__(self) -> None:
        self.waiting = self.lookup.steps

    def finish(self) -> str:
        """Run everything; how the run ended."""
        try:
            self._loop()
            self.tries.processes.heed()
        except KeyboardInterrupt:
            self._cancel()
            return result.CANCELLED
        has_failed = any(one.status == result.FAILED for one in self.results.values())
        return result.FAILED if has_failed else result.SUCCEEDED

    def _loop(self) -> None:
        """Until nothing can begin and nothing runs: steps wait for each other in no circle, so all have ended then."""
        while True:
            if self._next_step() or self._next_item():
                continue
            if not self.tries.is_busy:
                return
            ended = self.tries.wait()
            if ended is not None:
                self._end(*ended)

    def _next_step(self) -> bool:
        """Begin the next step that can, or skip one that never will; False where there is neither."""
        for step in self.waiting:
            lost = [one for name in step.after if (one := self.results.get(name)) is not None and one.is_lost]
            if lost or self.lookup.is_ready(step):
                self.waiting.remove(step)
                if lost:
                    self._done(skipped_after(step, lost))
                else:
                    self._begin_step(step)
                return True
        return False

    def _begin_step(self, step: PlannedStep) -> None:
        """Find out whether a step is to run, and for what."""
        began = time.monotonic()
        try:
            unmet = self.lookup.unmet(step)
            items = () if unmet else self.lookup.items(step)
            if items and step.for_each and step.for_each.source:
                self.journal.fanned_out(step, items)
        except JeynError as error:
            seconds, is_unreachable = time.monotonic() - began, isinstance(error, Unreachable)
            told = str(error)
            self._done(StepResult(step.name, result.FAILED, seconds, error=told, is_unreachable=is_unreachable))
            return
        if not items:
            self._done(skipped_since(step, unmet))
            return
        self.begun[step.name] = _Begun(step, self.lookup.inputs_of(step), items, began)
        self.items += [(step, item) for item in items]

    def _next_item(self) -> bool:
        """Begin the next item, if there is room for its process: first of all what is to be tried again."""
        if self.tries.running >= self.options.workers:
            return False
        if self.tries.start_due():
            return True
        if not self.items:
            return False
        self._begin_item(*self.items.popleft())
        return True

    def _begin_item(self, step: PlannedStep, item: Item) -> None:
        """Reuse an item of a step, or start it."""
        began = time.monotonic()
        try:
            action = self.lookup.action(step, item)
            known = action.known if action.is_settled or not self.options.force else None
            streams = self.lookup.project.ledger.streams
            heads = streams.heads(one.stream for one in step.outputs) if known is None else {}
        except JeynError as error:
            seconds, is_unreachable = time.monotonic() - began, isinstance(error, Unreachable)
            self._item_done(
                step,
                ItemResult(
                    item.name, result.FAILED, seconds, item.settings, error=str(error), is_unreachable=is_unreachable
                ),
            )
            return
        if known is not None:
            seconds = time.monotonic() - began
            self._item_done(step, ItemResult(item.name, result.REUSED, seconds, item.settings, known))
            return
        if not self.has_preloaded:
            self.has_preloaded = True
            self.tries.processes.preload(_imports(self.lookup.steps, self.lookup.first_party))
        self.tries.start(Part(step, item, action, heads, began))

    def _end(self, part: Part, outcome: Outcome) -> None:
        """An item has ended for good: it is done, or failed."""
        is_done = outcome.status == "done"
        self._item_done(
            part.step,
            ItemResult(
                name=part.item.name,
                status=_status(outcome),
                seconds=time.monotonic() - part.began,
                settings=part.item.settings,
                outputs=outcome.outputs if is_done else {},
                error="" if is_done else outcome.error,
                notices=_differences(part.label, part.action.known or {}, outcome.outputs) if is_done else (),
                is_unreachable=outcome.status == "unreachable",
            ),
        )

    def _item_done(self, step: PlannedStep, item: ItemResult) -> None:
        """An item has ended, and with the last one its step."""
        one = self.begun[step.name]
        one.ended[item.name] = item
        if item.name:
            self.tell(f"{label(step.name, item.name)}: {item.status}")
        if len(one.ended) < len(one.items):
            return
        items = [one.ended[other.name] for other in one.items]
        found = collected(step, one.inputs, items, time.monotonic() - one.began if step.for_each else item.seconds)
        if found.status != result.FAILED:
            self.lookup.outputs[step.name] = gathered(step, items)
        self._done(found)

    def _done(self, one: StepResult) -> None:
        self.results[one.name] = one
        self.tell(one)

    def _cancel(self) -> None:
        """Interrupted: what runs is ended, and everything that had not ended is told as cancelled."""
        self.tries.processes.stop()
        for step in self.lookup.steps:
            if step.name not in self.results:
                self._done(StepResult(step.name, result.CANCELLED))


def _status(outcome: Outcome) -> str:
    if outcome.status != "done":
        return result.FAILED
    return result.REUSED if outcome.is_reused else result.RAN


def _imports(steps: Iterable[PlannedStep], first_party: FirstParty) -> Iterable[str]:
    """What the functions of these steps import."""
    modules = {step.function.partition(":")[0] for step in steps if step.function}
    reached = {path for module in modules for path in first_party.reached(module)}
    return third_party_imports(sorted(reached))


def _differences(step: str, before: Mapping[str, StepInput], after: Mapping[str, StepInput]) -> tuple[str, ...]:
    """A step that gave something else for the same action is not deterministic."""
    changed = [name for name, one in before.items() if name in after and after[name].digest != one.digest]
    if not changed:
        return ()
    return (f"{step} is not deterministic: same code, inputs and runtime, another {', '.join(changed)}",)
