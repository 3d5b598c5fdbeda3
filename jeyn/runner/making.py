"""A formula's next batch, saved: the rows that its recipe gives, with what the recipe tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jeyn.formulas import composite
from jeyn.formulas import model as model_recipe
from jeyn.formulas.made import Made
from jeyn.model.definitions import CompositeRecipe, DatasetFormula, ModelRecipe
from jeyn.model.plan import PlannedOutput
from jeyn.runner.user_code import call, told_as_theirs
from jeyn.stores import classes, dataset_store, definitions
from jeyn.stores.batch import Batch
from jeyn.stores.saved import Checkpoint, Saved
from jeyn.stores.targets import target

#: What an input is: one artefact, or one for each item of the step that gave it.
Read = Saved | tuple[Saved, ...]


def made(formula: DatasetFormula, function: Any, inputs: Mapping[str, Read], root: Path) -> Made:
    """What any recipe but `files` gives of what the step reads."""
    recipe = formula.recipe
    catalog = definitions.catalog(formula.catalog)
    if isinstance(recipe, CompositeRecipe):
        return composite.make(recipe, catalog, {name: _batch(read) for name, read in inputs.items()})
    if isinstance(recipe, ModelRecipe):
        checkpoint = inputs["checkpoint"]
        assert isinstance(checkpoint, Checkpoint), "lint checks the kinds of a recipe's inputs"
        return model_recipe.make(recipe, catalog, function, _batch(inputs["batch"]), checkpoint)
    reads = classes.formula_inputs(formula.pin)
    return Made(call(function, reads.build(**inputs), root))


def saved_batch(output: PlannedOutput, rows: Made, prefix: str, root: Path) -> Batch[Any, Any]:
    """The batch of these rows; the function may have saved it itself. `prefix` is that of the step's entry ids."""
    if isinstance(rows.data, Batch) and rows.data.entry.id == f"{prefix}/{output.name}":
        return rows.data
    with told_as_theirs(root):  # rows may come from the user's generator
        batch = dataset_store.save_as(target(output), rows.data, (), {})
    return _with_metadata(batch, rows.metadata())


def _batch(read: Read) -> Batch[Any, Any]:
    assert isinstance(read, Batch), "lint checks the kinds of a recipe's inputs"
    return read


def _with_metadata(batch: Batch[Any, Any], more: Mapping[str, Any]) -> Batch[Any, Any]:
    """The batch with what its recipe knows only after the last row."""
    artefact = batch.entry.artefact
    assert artefact is not None, "a batch has an artefact"
    entry = replace(batch.entry, artefact=replace(artefact, metadata={**artefact.metadata, **more}))
    return type(batch)(entry, batch.number, batch._blobs)  # the same batch, once more
