"""Running one step in this process: inputs in, the function, outputs committed by one write."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jeyn.errors import JeynError, StepError, Unreachable
from jeyn.formulas import composite, files
from jeyn.formulas import model as model_recipe
from jeyn.formulas.listing import list_objects, new_objects
from jeyn.formulas.made import Made
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
from jeyn.model.definitions import CompositeRecipe, DatasetFormula, FilesRecipe, ModelRecipe
from jeyn.model.plan import PlannedInput, PlannedStep
from jeyn.model.timestamps import now
from jeyn.project import Project
from jeyn.runner.code import FirstParty, globbed
from jeyn.runner.excerpt import excerpt
from jeyn.runner.fan_out import grouped
from jeyn.runner.masked_log import mask_log
from jeyn.runner.masking import masked
from jeyn.runner.outputs import check_drafts, own_outputs
from jeyn.runner.reading import entry_of
from jeyn.runner.runtime import runtime, threads_of
from jeyn.runner.task import Outcome, Task
from jeyn.stores import classes, dataset_store, definitions
from jeyn.stores.batch import Batch
from jeyn.stores.saved import Checkpoint, Report, Saved
from jeyn.stores.saving import StepSaving, saving_into
from jeyn.stores.secrecy import Secrecy
from jeyn.stores.secret import Secret
from jeyn.stores.steps import StepInputs
from jeyn.stores.targets import target

#: What an input is: one artefact, or one for each item of the step that gave it.
Read = Saved | tuple[Saved, ...]


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


class UserError(Exception):
    """Something that the user's own code raised."""

    def __init__(self, error: BaseException, root: Path) -> None:
        super().__init__(str(error))
        self.excerpt = excerpt(error, root)


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
        with saving_into(saving):
            outputs = self._formula(function, inputs) if self._step.formula else self._own(function, inputs, secrets)
        self._check_code()
        entries = self._entries(outputs, inputs)
        record = StepRecord(
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
            entries=entries,
        )
        return self._outcome(record, commit=True)

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
            return getattr(importlib.import_module(module), name)
        except AttributeError as error:
            raise StepError(f"{module} has no function {name}", "correct `function:` in the document") from error
        except Exception as error:  # whatever the user's module raises when it is imported is theirs
            raise UserError(error, self._project.root) from error

    def _own(self, function: Any, inputs: Mapping[str, Read], secrets: Mapping[str, Secret]) -> dict[str, Saved]:
        reads, gives = classes.step_types(self._task.pipeline, self._task.step)
        rest = {**self._task.parameters, "secrets": secrets} if secrets else self._task.parameters
        result = self._call(function, reads.build(**inputs, **rest))
        if result is None and not gives.names:
            return {}
        if not isinstance(result, gives):
            got = type(result).__name__
            raise StepError(
                f"{self._step.function} returned {got}, not {gives.__name__}", f"return {gives.__name__}(…)"
            )
        return own_outputs(result, self._task.prefix)

    def _formula(self, function: Any, inputs: Mapping[str, Read]) -> dict[str, Saved]:
        assert self._step.formula is not None, "checked by the caller"
        formula = definitions.formula(self._step.formula)
        (output,) = self._step.outputs
        made = self._made(formula, function, inputs)
        if isinstance(made.data, Batch) and made.data.entry.id == f"{self._task.prefix}/{output.name}":
            return {output.name: made.data}
        try:
            batch = dataset_store.save_as(target(output), made.data, (), {})
        except JeynError:
            raise
        except Exception as error:  # rows may come from the user's generator
            raise UserError(error, self._project.root) from error
        return {output.name: _with_metadata(batch, made.metadata())}

    def _made(self, formula: DatasetFormula, function: Any, inputs: Mapping[str, Read]) -> Made:
        recipe = formula.recipe
        catalog = definitions.catalog(formula.catalog)
        if isinstance(recipe, FilesRecipe):
            listed = list_objects(recipe.url, self._project.root)
            batches = [placed.entry for placed in self._ledger.streams.follow(formula.name, after=0)]
            return files.make(recipe, catalog, new_objects(listed, batches, self._project.root), self._project.root)
        if isinstance(recipe, CompositeRecipe):
            return composite.make(recipe, catalog, {name: _batch(read) for name, read in inputs.items()})
        if isinstance(recipe, ModelRecipe):
            checkpoint = inputs["checkpoint"]
            assert isinstance(checkpoint, Checkpoint), "lint checks the kinds of a recipe's inputs"
            return model_recipe.make(recipe, catalog, function, _batch(inputs["batch"]), checkpoint)
        reads = classes.formula_inputs(formula.pin)
        return Made(self._call(function, reads.build(**inputs)))

    def _call(self, function: Any, inputs: StepInputs) -> Any:
        try:
            return function(inputs)
        except JeynError:
            raise
        except Exception as error:  # whatever the user's function raises is theirs
            raise UserError(error, self._project.root) from error

    def _check_code(self) -> None:
        """What this process has imported must be what the run's commit holds."""
        if not self._task.tree:
            return
        from jeyn.git.repository import Repository

        tree: dict[str, str] = json.loads(Path(self._task.tree).read_text())
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


def _batch(saved: Read) -> Batch[Any, Any]:
    assert isinstance(saved, Batch), "lint checks the kinds of a recipe's inputs"
    return saved


def _with_metadata(batch: Batch[Any, Any], more: Mapping[str, Any]) -> Batch[Any, Any]:
    """The batch with what its recipe knows only after the last row."""
    artefact = batch.entry.artefact
    assert artefact is not None, "a batch has an artefact"
    entry = replace(batch.entry, artefact=replace(artefact, metadata={**artefact.metadata, **more}))
    return type(batch)(entry, batch.number, batch._blobs)  # the same batch, once more
