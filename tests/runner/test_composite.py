"""The `composite` recipe: side by side, and joined on keys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from jeyn.errors import StepError
from jeyn.formulas import composite
from jeyn.model.definitions import CompositeRecipe, DataCatalog
from jeyn.model.names import Pin, Version
from jeyn.model.types import Constraints, Feature, Scalar, Tensor
from jeyn.stores.batch import Batch, Columns
from jeyn.stores.row import Row

INT = Scalar("int64")


def catalog(name: str, **features) -> DataCatalog:
    listed = tuple(Feature(feature, kind, Constraints(nullable=True)) for feature, kind in features.items())
    return DataCatalog(name, Version(1, 0, 0), listed)


def batch(of: DataCatalog, **columns):
    kind = type("Any", (Batch,), {"catalog": of, "row_type": type("AnyRow", (Row,), {}), "columns_type": Columns})
    return kind.of(columns)


LEFT = catalog("left", key=INT, a=Tensor(Scalar("float32"), (2,)))
RIGHT = catalog("right", key=INT, b=Scalar("string"))
BOTH = catalog("both", key=INT, a=Tensor(Scalar("float32"), (2,)), b=Scalar("string"))
INPUTS = (("left", Pin("left", "1")), ("right", Pin("right", "1")))


def made(how: str = "", on=("key",)):
    images = np.arange(8, dtype=np.float32).reshape(4, 2)
    inputs = {
        "left": batch(LEFT, key=[1, 2, 2, None], a=images),
        "right": batch(RIGHT, key=[2, 3, 1, None], b=["x", "y", "z", "n"]),
    }
    recipe = CompositeRecipe(INPUTS, on, how or "inner")
    found = composite.make(recipe, BOTH, inputs)
    return found.data, found.metadata()


@pytest.mark.parametrize(
    ("how", "rows", "unmatched"),
    [
        ("inner", [(1, [0, 1], "z"), (2, [2, 3], "x"), (2, [4, 5], "x")], {"left": 1, "right": 2}),
        ("left", [(1, [0, 1], "z"), (2, [2, 3], "x"), (2, [4, 5], "x"), (None, [6, 7], None)], {"left": 1, "right": 2}),
        (
            "full",
            [
                (1, [0, 1], "z"),
                (2, [2, 3], "x"),
                (2, [4, 5], "x"),
                (None, [6, 7], None),
                (3, None, "y"),
                (None, None, "n"),
            ],
            {"left": 1, "right": 2},
        ),
    ],
)
def test_a_join_keeps_the_order_of_its_first_input_and_counts_what_found_no_partner(how, rows, unmatched):
    table, metadata = made(how)
    tensors = table.column("a").combine_chunks()
    images = tensors.storage.to_pylist() if isinstance(tensors, pa.ExtensionArray) else tensors.to_pylist()
    keys, words = table.column("key").to_pylist(), table.column("b").to_pylist()
    assert list(zip(keys, images, words, strict=True)) == rows
    assert metadata == {"unmatched": unmatched}


def test_side_by_side_needs_equally_many_rows():
    wide = catalog("wide", a=Tensor(Scalar("float32"), (2,)), b=Scalar("string"))
    one = catalog("one", a=Tensor(Scalar("float32"), (2,)))
    other = catalog("other", b=Scalar("string"))
    recipe = CompositeRecipe((("one", Pin("one", "1")), ("other", Pin("other", "1"))))
    images = np.zeros((2, 2), np.float32)
    table = composite.make(recipe, wide, {"one": batch(one, a=images), "other": batch(other, b=["x", "y"])}).data
    assert table.column_names == ["a", "b"]
    assert table.num_rows == 2
    with pytest.raises(StepError, match="one 2, other 1"):
        composite.make(recipe, wide, {"one": batch(one, a=images), "other": batch(other, b=["x"])})
