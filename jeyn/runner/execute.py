"""Running one step in this process: inputs in, the function, outputs committed by one write."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jeyn.errors import JeynError, StepError, Unreachable
from jeyn.formulas import files
from jeyn.formulas.unread import is_still_unread, unread
from jeyn.ledger.ledger import Ledger
from jeyn.model.artefact import (
    BATCH,
    CHECKPOINT,
    DERIVED_FROM,
    PREDICTED_WITH,
    StepInput,
    StepRecord,
    Unplaced,
)
from jeyn.model.codec import encode
from jeyn.model.definitions import DatasetFormula, FilesRecipe
from jeyn.model.plan import PlannedInput, PlannedStep
from jeyn.model.timestamps import now
from jeyn.project import Project
from jeyn.runner.code import FirstParty, globbed
from jeyn.runner.excerpt import excerpt
from jeyn.runner.fan_out import grouped
from jeyn.runner.making import Read, made, saved_batch
from jeyn.runner.masked_log import mask_log
from jeyn.runner.masking import masked
from jeyn.runner.outputs import check_drafts, own_outputs
from jeyn.runner.reading import as_input, entry_of
from jeyn.runner.runtime import runtime, threads_of
from jeyn.runner.task import Outcome, Task
from jeyn.runner.user_code import UserError, call
from jeyn.stores import classes, definitions
from jeyn.stores.saved import Checkpoint, Report, Saved
from jeyn.stores.saving import StepSaving, saving_into
from jeyn.stores.secrecy import Secrecy
from jeyn.stores.secret import Secret


def execute(task: Task) -> Outcome:
    """Run a step whose inputs are recorded, commit it, and tell how it went. Raises only for bugs of Jeyn."""
    secrecy = Secrecy()
    outcome = _try(task, secrecy)
    return replace(outcome, error=masked(outcome.error, secrecy.forms))


def _try(task: Task, secrecy: Secrecy) -> Outcome:
    try:
        project = Project(task.root, task.environment, sidecar=task.sidecar)
        project.make_importable()
        try:
            return _StepRun(project, task, secrecy).run()
        finally:
            project.close()
    except Unreachable as error:
        return Outcome("unreachable", {}, str(error))
    except JeynError as error:
        return Outcome("failed", {}, str(error))
    except UserError as error:
        return Outcome("failed", {}, error.excerpt)
    except Exception:
        raise
    except BaseException as error:  # noqa: BLE001  # sys.exit() and its like: nothing of Jeyn raises these
        return Outcome("failed", {}, excerpt(error, Path(task.root)))


class _StepRun:
    """One try of one step."""

    def __init__(self, project: Project, task: Task, secrecy: Secrecy) -> None:
        """`secrecy` learns of the step's secrets when they are read."""
        self._project = project
        self._task = task
        self._secrecy = secrecy
        self._ledger: Ledger = project.ledger
        for stream, number in task.heads.items():
            self._ledger.streams.hint(stream, number)
        plan = definitions.plan(task.pipeline)
        step = plan.step(task.step)
        assert step is not None, "the runner names a step of the plan"
        self._step: PlannedStep = step
        self._code = FirstParty(project.root)

    def run(self) -> Outcome:
        started = now()
        before = self._ledger.step(self._task.origin.run, self._task.step, self._task.item)
        if before is not None:  # another try was committed already
            return self._outcome(before)
        secrets = self._secrets()
        inputs = self._inputs()
        function = self._function()
        self._check_code()
        saving = StepSaving(self._task.prefix, self._step.outputs, self._task.origin, self._ledger.blobs, self._secrecy)
        formula = definitions.formula(self._step.formula) if self._step.formula else None
        if formula is not None and isinstance(formula.recipe, FilesRecipe):
            return self._files(formula, formula.recipe, saving, started)
        outputs: dict[str, Saved]
        with saving_into(saving):
            if formula is None:
                outputs = self._own(function, inputs, secrets)
            else:
                (output,) = self._step.outputs
                rows = made(formula, function, inputs, self._project.root)
                outputs = {output.name: saved_batch(output, rows, self._task.prefix, self._project.root)}
        self._check_code()
        return self._outcome(self._record(outputs, inputs, started), commit=True)

    def _record(self, outputs: Mapping[str, Saved], inputs: Mapping[str, Read], started: str) -> StepRecord:
        return StepRecord(
            run=self._task.origin.run,
            pipeline=self._task.origin.pipeline,
            step=self._task.step,
            item=self._task.item,
            origin=self._task.origin,
            started=started,
            finished=now(),
            inputs=self._task.inputs,
            parameters={name: encode(value) for name, value in self._task.parameters.items()},
            runtime={**runtime(), "threads": threads_of(self._step)},
            cache_key=self._task.cache_key,
            entries=self._entries(outputs, inputs),
        )

    def _outcome(self, record: StepRecord, *, commit: bool = False) -> Outcome:
        done = self._ledger.commit(record) if commit else self._ledger.roll_forward(record)
        self._project.tell_events(done.outputs.values())
        outputs = {
            name: StepInput(str(placed), placed.entry.stream, placed.entry.id, placed.entry.artefact.digest)
            for name, placed in done.outputs.items()
            if placed.entry.artefact is not None
        }
        return Outcome("done", outputs)

    def _secrets(self) -> dict[str, Secret]:
        """The step's secrets, read from their store now. What is said and saved from here on is watched for them."""
        secrets = {name: Secret(self._project.parts.secrets.read(key)) for name, key in self._step.secrets}
        for name, secret in secrets.items():
            self._secrecy.add(name, secret.reveal())
        mask_log(self._secrecy.forms)
        return secrets

    def _inputs(self) -> dict[str, Read]:
        """The recorded artefacts behind the inputs; of one that is many, a tuple."""
        read: dict[str, Read] = {}
        given = grouped(self._step, self._task.inputs)
        for planned in self._step.inputs:
            held = given[planned.name]
            many = held if isinstance(held, tuple) else (held,)
            handles = tuple(self._handle(planned, one) for one in many)
            read[planned.name] = handles if planned.is_many else handles[0]
        return read

    def _handle(self, planned: PlannedInput, given: StepInput) -> Saved:
        """The recorded artefact behind an input, read from the ledger."""
        entry, number = entry_of(self._ledger, given)
        if planned.kind == BATCH:
            assert planned.catalog is not None, "a batch is read as a catalog"
            return classes.batch_type(planned.catalog)(entry, number, self._ledger.blobs)
        return (Checkpoint if planned.kind == CHECKPOINT else Report)(entry, number, self._ledger.blobs)

    def _function(self) -> Any:
        """The user's function, its module imported; None where the recipe has none."""
        module, _, name = self._step.function.partition(":")
        if not module:
            return None
        try:
            imported = importlib.import_module(module)
        except Exception as error:  # whatever the user's module raises when it is imported is theirs
            raise UserError(error, self._project.root) from error
        try:
            return getattr(imported, name)
        except AttributeError as error:
            raise StepError(f"{module} has no function {name}", "correct `function:` in the document") from error

    def _own(self, function: Any, inputs: Mapping[str, Read], secrets: Mapping[str, Secret]) -> dict[str, Saved]:
        reads, gives = classes.step_types(self._task.pipeline, self._task.step)
        rest = {**self._task.parameters, "secrets": secrets} if secrets else self._task.parameters
        result = call(function, reads.build(**inputs, **rest), self._project.root)
        if result is None and not gives.names:
            return {}
        if not isinstance(result, gives):
            got = type(result).__name__
            raise StepError(
                f"{self._step.function} returned {got}, not {gives.__name__}", f"return {gives.__name__}(…)"
            )
        return own_outputs(result, self._task.prefix)

    def _files(self, formula: DatasetFormula, recipe: FilesRecipe, saving: StepSaving, started: str) -> Outcome:
        """Read what is new and commit it, unless somebody else did meanwhile: then look again, for what is left."""
        (output,) = self._step.outputs
        root, streams = self._project.root, self._ledger.streams
        while True:
            found = unread(streams, formula.pin, recipe, root)
            if not found.objects:
                assert found.newest is not None, "else there is nothing at all, which is an error"
                return Outcome("done", {output.name: as_input(found.newest)}, is_reused=True)
            with saving_into(saving):
                rows = files.make(recipe, definitions.catalog(formula.catalog), found.objects, root)
                outputs: dict[str, Saved] = {output.name: saved_batch(output, rows, self._task.prefix, root)}
            self._check_code()
            record = self._record(outputs, {}, started)
            with self._project.parts.turn():
                if is_still_unread(streams, formula.pin, found, root):
                    return self._outcome(record, commit=True)

    def _check_code(self) -> None:
        """What this process has imported must be what the run's commit holds."""
        if not self._task.tree:
            return
        from jeyn.git.repository import Repository

        tree: dict[str, str] = json.loads(Path(self._task.tree).read_text(encoding="utf-8"))
        read = [*self._code.imported_now(), *globbed(self._project.root, self._step.code)]
        differing = Repository(Path(self._task.work_tree)).differs(tree, read)
        ignored = [path for path in differing if path not in tree]
        if ignored:
            raise StepError(
                f"{', '.join(ignored)}: not in commit {self._task.origin.commit[:12]}, so this could not be re-made",
                "take it out of .gitignore, or save it before the run begins",
            )
        if differing:
            raise StepError(
                f"{', '.join(differing)}: edited while the run went on, so not what commit"
                f" {self._task.origin.commit[:12]} holds",
                "run again; every run works on one state of the files",
            )

    def _entries(self, outputs: Mapping[str, Saved], inputs: Mapping[str, Read]) -> tuple[Unplaced, ...]:
        """The outputs as entries that are still to be placed, each with an edge to every input."""
        for name, saved in outputs.items():
            check_drafts(name, saved.entry, outputs, self._task.prefix)
            assert saved.entry.artefact is not None, "a store saved it"
            self._secrecy.check(name, saved.entry.artefact)
        predicted = {"checkpoint": PREDICTED_WITH} if self._step.formula else {}
        heads = self._ledger.streams.heads({saved.entry.stream for saved in outputs.values()})
        entries: list[Unplaced] = []
        for name, saved in outputs.items():
            told = {edge.entry for edge in saved.entry.relationships}
            edges = dict.fromkeys(
                one.relationship(predicted.get(source, DERIVED_FROM))
                for source, read in inputs.items()
                for one in (read if isinstance(read, tuple) else (read,))
                if one.entry.id not in told
            )
            entry = replace(saved.entry, relationships=(*saved.entry.relationships, *edges))
            entries.append(Unplaced(name, heads[entry.stream], entry))
        return tuple(entries)
