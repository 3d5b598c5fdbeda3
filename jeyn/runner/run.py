"""Running a pipeline on this machine."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jeyn.errors import AskError, Unreachable
from jeyn.local_files import using
from jeyn.model.artefact import RUN_FINISHED, RUN_STARTED, Entry, Origin, StepInput
from jeyn.model.codec import encode
from jeyn.model.plan import Plan, PlannedStep
from jeyn.model.timestamps import now
from jeyn.project import Project
from jeyn.runner import result
from jeyn.runner.code import third_party_imports
from jeyn.runner.interrupts import interrupts_of
from jeyn.runner.lookup import Action, Lookup
from jeyn.runner.processes import Processes
from jeyn.runner.result import RunResult, StepResult
from jeyn.runner.runtime import threads_of
from jeyn.runner.task import Outcome, Task
from jeyn.runner.worker import CANNOT_WRITE

Tell = Callable[[StepResult | str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: `only` these steps, `force` even what is known, at most `workers` steps at once."""

    only: Collection[str] = ()
    force: bool = False
    workers: int = 2


def run_pipeline(
    project: Project, plan: Plan, parameters: Mapping[str, Any], options: Options, processes: Processes, tell: Tell
) -> RunResult:
    """Run a pipeline whose generated code is up to date. `tell` hears of each step as it ends.

    Raises AskError where the run cannot start; a step that fails is in the result.
    """
    lookup = Lookup(project, plan, parameters, options.only)
    commit = _fix_commit(project, plan)
    with interrupts_of(processes):
        return _Run(lookup, options, processes, tell, commit).run()


def dry_run(project: Project, plan: Plan, parameters: Mapping[str, Any], options: Options) -> RunResult:
    """What a run would do, without recording anything: steps that would run, and steps that would be reused."""
    lookup = Lookup(project, plan, parameters, options.only)
    steps: list[StepResult] = []
    for step in lookup.steps:
        if lookup.is_ready(step):
            action = lookup.action(step)
            if action.known is not None and (action.is_settled or not options.force):
                lookup.outputs[step.name] = action.known
                steps.append(StepResult(step.name, result.REUSED, 0.0, _refs(action.inputs), _refs(action.known)))
                continue
        steps.append(StepResult(step.name, result.RAN))
    return RunResult("", plan.name, "", False, result.SUCCEEDED, 0.0, tuple(steps))


@dataclass(frozen=True, slots=True)
class _Commit:
    """What a run is fixed to: its origin, what the commit does not hold, and where files and notes of it are."""

    origin: Origin
    left_out: tuple[str, ...]
    work_tree: Path
    folder: Path


def _fix_commit(project: Project, plan: Plan) -> _Commit:
    """The commit of a new run; what it holds is written down in the run's folder."""
    from jeyn.git.repository import Repository

    repository = Repository.find(project.root)
    snapshot = repository.snapshot()
    run = f"{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(4)}"
    origin = Origin(
        commit=snapshot.commit,
        dirty=snapshot.dirty,
        repository=repository.remote(),
        actor=repository.actor(),
        run=run,
        pipeline=plan.name,
    )
    project.prepare_state()
    folder = project.settings.runs / run
    tree = json.dumps(repository.blob_ids(snapshot.commit, project.root))
    with using(project.settings.runs):
        folder.mkdir(parents=True)
        (folder / "tree.json").write_text(tree)
    return _Commit(origin, snapshot.left_out, repository.top, folder)


@dataclass(frozen=True, slots=True)
class _Ongoing:
    """A try whose process runs."""

    step: PlannedStep
    action: Action
    task: Task
    attempt: int
    began: float


@dataclass(slots=True)
class _Run:
    """A run that goes on: what has ended, what runs."""

    lookup: Lookup
    options: Options
    processes: Processes
    tell: Tell
    commit: _Commit
    results: dict[str, StepResult] = field(default_factory=dict)
    ongoing: dict[int, _Ongoing] = field(default_factory=dict)
    jobs: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    has_preloaded: bool = False

    def run(self) -> RunResult:
        began = time.monotonic()
        project = self.lookup.project
        ledger = project.ledger
        project.tell_events([ledger.append(self._entry("start", RUN_STARTED, self._start_details()))])
        status = result.FAILED
        try:
            self._loop()
            self.processes.heed()
            if all(one.status in (result.RAN, result.REUSED) for one in self.results.values()):
                status = result.SUCCEEDED
        except KeyboardInterrupt:
            self._cancel()
            status = result.CANCELLED
        done = RunResult(
            run=self.commit.origin.run,
            pipeline=self.lookup.plan.name,
            commit=self.commit.origin.commit,
            dirty=self.commit.origin.dirty,
            status=status,
            seconds=time.monotonic() - began,
            steps=tuple(self.results[step.name] for step in self.lookup.steps if step.name in self.results),
            left_out=self.commit.left_out,
        )
        project.tell_events([ledger.append(self._entry("end", RUN_FINISHED, done.to_json()))])
        project.catch_up_events()
        return done

    def _loop(self) -> None:
        waiting = self.lookup.steps
        while waiting or self.ongoing:
            for step in list(waiting):
                if any(self._is_lost(name) for name in step.after):
                    waiting.remove(step)
                    self._done(StepResult(step.name, result.SKIPPED, error="a step that it needs did not succeed"))
                elif self.lookup.is_ready(step) and len(self.ongoing) < self.options.workers:
                    waiting.remove(step)
                    self._begin(step)
            if self.ongoing:
                self._end(*self.processes.wait())

    def _is_lost(self, name: str) -> bool:
        return name in self.results and self.results[name].status in (result.FAILED, result.SKIPPED)

    def _begin(self, step: PlannedStep) -> None:
        """Reuse a step, or start it."""
        began = time.monotonic()
        try:
            action = self.lookup.action(step)
            known = action.known if action.is_settled or not self.options.force else None
            streams = self.lookup.project.ledger.streams
            heads = streams.heads(one.stream for one in step.outputs) if known is None else {}
        except (AskError, Unreachable) as error:
            self._fail(step, {}, began, str(error), is_unreachable=isinstance(error, Unreachable))
            return
        if known is not None:
            self.lookup.outputs[step.name] = known
            seconds = time.monotonic() - began
            self._done(StepResult(step.name, result.REUSED, seconds, _refs(action.inputs), _refs(known)))
            return
        self._start(step, action, heads, 0, began)

    def _start(self, step: PlannedStep, action: Action, heads: dict[str, int], attempt: int, began: float) -> None:
        self._preload()
        base = f"{self.commit.folder / step.name}"
        task = Task(
            root=str(self.lookup.project.root),
            environment=self.lookup.project.settings.environment.name,
            sidecar=self.lookup.project.parts.sidecar_endpoint,
            work_tree=str(self.commit.work_tree),
            pipeline=self.lookup.plan.pin,
            step=step.name,
            item="",
            origin=replace(self.commit.origin, step=step.name),
            inputs=action.inputs,
            parameters=action.parameters,
            cache_key=action.key,
            heads=heads,
            tree=str(self.commit.folder / "tree.json"),
            result=f"{base}.outcome.{attempt}.json",
        )
        path = Path(f"{base}.task.json")
        with using(self.commit.folder):
            task.write(path)
        job = next(self.jobs)
        self.ongoing[job] = _Ongoing(step, action, task, attempt, began)
        self.processes.start(job, path, Path(f"{base}.log"), threads_of(step))

    def _preload(self) -> None:
        """Before the first step starts: have imported once what the functions of the run import."""
        if not self.has_preloaded:
            self.has_preloaded = True
            first_party = self.lookup.first_party
            functions = {step.function.partition(":")[0] for step in self.lookup.steps if step.function}
            reached = {path for module in functions for path in first_party.reached(module)}
            self.processes.preload(third_party_imports(sorted(reached)))

    def _end(self, job: int, code: int) -> None:
        """A process has ended: the step is done, or failed, or tried again."""
        one = self.ongoing.pop(job)
        outcome = Outcome.read(Path(one.task.result))
        if outcome is None and code == CANNOT_WRITE:
            told = f"the folder {self.commit.folder} cannot be used: how the step ended could not be written"
            outcome = Outcome("unreachable", {}, f"{told}\n  fix: check free space and rights")
        if outcome is None:
            how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
            outcome = Outcome("failed", {}, f"the process of the step {how}")
        if outcome.status == "done":
            self._succeed(one, outcome)
        elif outcome.status == "failed" and one.attempt < one.step.retries:
            self.tell(f"{one.step.name}: try {one.attempt + 1} of {one.step.retries + 1} failed, trying again")
            self._start(one.step, one.action, one.task.heads, one.attempt + 1, one.began)
        else:
            log = self.commit.folder / f"{one.step.name}.log"
            hint = f"\n  its output: {log}" if log.exists() and log.stat().st_size else ""
            is_unreachable = outcome.status == "unreachable"
            self._fail(one.step, one.action.inputs, one.began, outcome.error + hint, is_unreachable=is_unreachable)

    def _fail(
        self, step: PlannedStep, inputs: Mapping[str, StepInput], began: float, error: str, *, is_unreachable: bool
    ) -> None:
        seconds = time.monotonic() - began
        self._done(
            StepResult(step.name, result.FAILED, seconds, _refs(inputs), error=error, is_unreachable=is_unreachable)
        )

    def _succeed(self, one: _Ongoing, outcome: Outcome) -> None:
        self.lookup.outputs[one.step.name] = outcome.outputs
        self._done(
            StepResult(
                name=one.step.name,
                status=result.RAN,
                seconds=time.monotonic() - one.began,
                inputs=_refs(one.action.inputs),
                outputs=_refs(outcome.outputs),
                notices=_differences(one.step.name, one.action.known or {}, outcome.outputs),
            )
        )

    def _done(self, one: StepResult) -> None:
        self.results[one.name] = one
        self.tell(one)

    def _cancel(self) -> None:
        """Interrupted: what runs is ended, and everything that had not ended is told as cancelled."""
        self.processes.stop()
        for step in self.lookup.steps:
            if step.name not in self.results:
                self._done(StepResult(step.name, result.CANCELLED))

    def _start_details(self) -> dict[str, Any]:
        return {
            "version": str(self.lookup.plan.version),
            "steps": [[step.name, ""] for step in self.lookup.steps],
            "parameters": {name: encode(value) for name, value in self.lookup.parameters.items()},
        }

    def _entry(self, what: str, kind: str, details: Mapping[str, Any]) -> Entry:
        return Entry(
            f"{self.commit.origin.run}/{what}", self.lookup.plan.name, kind, now(), self.commit.origin, details=details
        )


def _refs(named: Mapping[str, StepInput]) -> dict[str, str]:
    return {name: one.reference for name, one in named.items()}


def _differences(step: str, before: Mapping[str, StepInput], after: Mapping[str, StepInput]) -> tuple[str, ...]:
    """A step that gave something else for the same action is not deterministic."""
    changed = [name for name, one in before.items() if name in after and after[name].digest != one.digest]
    if not changed:
        return ()
    return (f"{step} is not deterministic: same code, inputs and runtime, another {', '.join(changed)}",)
