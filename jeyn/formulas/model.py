"""The `model` recipe: a batch passed through a checkpoint, slice by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from jeyn.formulas.made import Made
from jeyn.model.definitions import DataCatalog, ModelRecipe
from jeyn.stores.batch import Batch
from jeyn.stores.saved import Checkpoint

if TYPE_CHECKING:
    import pyarrow as pa


def make(
    recipe: ModelRecipe,
    catalog: DataCatalog,
    function: Callable[[Any, Batch[Any, Any]], Any],
    batch: Batch[Any, Any],
    checkpoint: Checkpoint,
) -> Made:
    """What the function gives for each slice, in order; the model is loaded once."""

    def rows() -> Iterator[pa.RecordBatch]:
        from jeyn.conformance.ingest import record_batches

        model = checkpoint.model
        for part in batch.slices(recipe.rows):
            yield from record_batches(function(model, part), catalog)

    return Made(rows())
