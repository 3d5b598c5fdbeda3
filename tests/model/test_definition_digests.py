"""Definitions as plain JSON and back, and a digest that follows what they mean and not how they are worded."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from drawn_definitions import catalogs, formulas, use_cases, values
from hypothesis import given, settings
from hypothesis import strategies as st

from jeyn.model import codec
from jeyn.model.codec import canonical, decode, definition_digest, digest, encode
from jeyn.model.definitions import (
    KINDS,
    CompositeRecipe,
    DataCatalog,
    DatasetFormula,
    FilesRecipe,
    Gate,
    MLUseCase,
    ModelRecipe,
    Parameter,
    Pipeline,
    Promotion,
    PythonRecipe,
    Resources,
)
from jeyn.model.names import Pin, Version
from jeyn.model.plan import Plan, PlannedInput, PlannedOutput, PlannedStep
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.types import Constraints, Feature, Scalar, Tensor


@settings(deadline=None)
@given(st.one_of(catalogs(), formulas, use_cases))
def test_definitions_survive_json(definition: Any) -> None:
    written = canonical(encode(definition))
    assert decode(json.loads(written)) == definition
    assert canonical(encode(decode(json.loads(written)))) == written


@given(st.data(), st.sampled_from(["bool", "uint64", "float64", "string", "bytes", "date", "timestamp", "duration"]))
def test_values_survive_json(data: st.DataObject, dtype: str) -> None:
    value = data.draw(values(Scalar(dtype)))
    found = decode(json.loads(canonical(encode(value))))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        Decimal("-0.10"),
        Decimal("1E+5"),
        datetime(2030, 1, 31, 9, tzinfo=UTC),
        timedelta(days=-1, microseconds=1),
        math.inf,
        -0.0,
        2**63,
        (1, (2.0, "x"), ()),
    ],
)
def test_other_values_survive_json(value: Any) -> None:
    assert repr(decode(json.loads(canonical(encode(value))))) == repr(value)


def test_nan_survives_json() -> None:
    assert math.isnan(decode(json.loads(canonical(encode(math.nan)))))


def test_plans_survive_json() -> None:
    step = PlannedStep(
        "train",
        (
            PlannedInput("a", "batch", StepOutput("x", "y"), Pin("f", "1"), Pin("c", "0.2")),
            PlannedInput("b", "report", Recorded("r", "latest"), report="r"),
        ),
        (PlannedOutput("c", "checkpoint", Pin("u", "1")), PlannedOutput("r", "report", report="s")),
        function="a:b",
        parameters=("p",),
        resources=Resources("1", "2Gi", 1),
        secrets=(("token", "vault/token"),),
    )
    plan = Plan(
        "p",
        Version(1, 2, 3),
        (step, PlannedStep("scale", formula=Pin("f", "1"))),
        (Parameter("p", Scalar("int8"), default=1),),
    )
    assert decode(json.loads(canonical(encode(plan)))) == plan


def test_what_holds_its_default_is_not_written() -> None:
    """A field that is added later, with a default, changes no digest of what was written before it."""
    assert encode(Feature("a", Scalar("int8"))) == {
        "is": "Feature",
        "name": "a",
        "type": {"is": "Scalar", "dtype": "int8"},
    }


def test_every_class_that_a_definition_is_made_of_has_a_form() -> None:
    """A class without one could not be remembered, which reading a document that holds it would show."""
    found: set[type[Any]] = set()
    to_do: list[Any] = [*KINDS.values(), Plan]
    while to_do:
        kind = to_do.pop()
        if isinstance(kind, type) and is_dataclass(kind) and kind not in found:
            found.add(kind)
            to_do += get_type_hints(kind).values()
        to_do += get_args(kind)
    assert len(found) > 20
    assert {kind.__name__ for kind in found} <= set(codec._CLASSES)


def test_what_is_no_value_of_the_model_is_refused() -> None:
    for wrong in (object(), [1], {"a": 1}):
        with pytest.raises(TypeError, match="not a value of the model"):
            encode(wrong)
    with pytest.raises(KeyError):
        decode({"is": "Elephant"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(math.nan)


def test_canonical_bytes_and_digests_are_what_they_always_were() -> None:
    """These stand in ledgers: a change here loses what was recorded."""
    catalog = DataCatalog(
        "digits",
        Version(1, 2, 3),
        (
            Feature("pixels", Tensor(Scalar("float32"), (8, -1)), Constraints(minimum=0.0, maximum=math.inf)),
            Feature("label", Scalar("int8"), Constraints(nullable=True, enum=(1, 2))),
        ),
    )
    formula = DatasetFormula("raw", Version(0, 2, 0), Pin("digits", "1"), PythonRecipe("a:b", (("x", Pin("y", "1")),)))
    case = MLUseCase("reader", Version(1, 0, 0), Pin("digits", "1"), Pin("digits", "1"))
    known = {catalog.pin: catalog}
    assert canonical({"b": 1.0, "a": "ä"}) == '{"a":"ä","b":1.0}'.encode()
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [definition_digest(one, known)[7:23] for one in (catalog, formula, case)] == [
        "88c2fde92d9b5a3f",
        "ed59f7d80f7d2b8e",
        "75e8cad19e49e99a",
    ]


NUMBERS = DataCatalog(
    "numbers", Version(1, 0, 0), (Feature("a", Scalar("int8"), Constraints(minimum=0)), Feature("b", Scalar("float32")))
)
ANSWERS = DataCatalog("answers", Version(1, 0, 0), (Feature("c", Scalar("string")),))
KNOWN = {NUMBERS.pin: NUMBERS, ANSWERS.pin: ANSWERS}
PYTHON = DatasetFormula(
    "f", Version(1, 0, 0), Pin("numbers", "1"), PythonRecipe("a:b", (("x", Pin("g", "1")), ("y", Pin("h", "1"))))
)
FILES = replace(PYTHON, recipe=FilesRecipe("data/*.csv", "csv"))
JOIN = replace(PYTHON, recipe=CompositeRecipe((("x", Pin("g", "1")), ("y", Pin("h", "1"))), ("a",), "left"))
MODEL = replace(PYTHON, recipe=ModelRecipe(Pin("g", "1"), Pin("u", "1"), "a:b"))
CASE = MLUseCase("u", Version(1, 0, 0), Pin("numbers", "1"), Pin("answers", "1"))
Change = Callable[[Any], Any]


def feature(**changes: Any) -> Change:
    return lambda catalog: replace(catalog, features=(replace(catalog.features[0], **changes), *catalog.features[1:]))


def recipe(**changes: Any) -> Change:
    return lambda formula: replace(formula, recipe=replace(formula.recipe, **changes))


def whole(**changes: Any) -> Change:
    return lambda definition: replace(definition, **changes)


WORDING: list[tuple[str, Any, Change]] = [
    ("description", NUMBERS, whole(description="numbers")),
    ("minor and patch", NUMBERS, whole(version=Version(1, 9, 9))),
    ("order of features", NUMBERS, lambda catalog: replace(catalog, features=catalog.features[::-1])),
    ("a feature's description", NUMBERS, feature(description="first")),
    ("unit", NUMBERS, feature(unit="m")),
    ("tags", NUMBERS, feature(tags=("x",))),
    ("deprecated", NUMBERS, feature(deprecated=True)),
    ("examples", NUMBERS, feature(examples=(1,))),
    ("description of a formula", PYTHON, whole(description="made")),
    ("order of a function's inputs", PYTHON, recipe(inputs=PYTHON.inputs[::-1])),
    ("where the files lie", FILES, recipe(url="s3://b/*.csv")),
    ("metrics", CASE, whole(metrics=(Gate("accuracy", 0.9),))),
    ("promoted", CASE, whole(promoted=(Promotion("production", "u#1", "sha256:aa"),))),
    ("serializer", CASE, whole(serializer="pickle", trusted=("a.B",))),
    ("description of a use case", CASE, whole(description="answers")),
]
MEANING: list[tuple[str, Any, Change]] = [
    ("name", NUMBERS, whole(name="others")),
    ("major", NUMBERS, whole(version=Version(2, 0, 0))),
    ("a feature's name", NUMBERS, feature(name="z")),
    ("dtype", NUMBERS, feature(type=Scalar("int16"))),
    ("shape", NUMBERS, feature(type=Tensor(Scalar("int8"), (2,)))),
    ("a bound", NUMBERS, feature(constraints=Constraints(minimum=1))),
    ("nullable", NUMBERS, feature(constraints=Constraints(minimum=0, nullable=True))),
    ("a feature less", NUMBERS, lambda catalog: replace(catalog, features=catalog.features[1:])),
    ("catalog", PYTHON, whole(catalog=Pin("answers", "1"))),
    ("function", PYTHON, recipe(function="a:c")),
    ("inputs", PYTHON, recipe(inputs=PYTHON.inputs[:1])),
    ("a function's argument", PYTHON, recipe(inputs=(("z", Pin("g", "1")), PYTHON.inputs[1]))),
    ("kind of recipe", PYTHON, whole(recipe=FilesRecipe("data/*.csv", "csv"))),
    ("format of files", FILES, recipe(format="jsonl")),
    ("keys of a join", JOIN, recipe(on=("b",))),
    ("kind of join", JOIN, recipe(how="full")),
    ("order of a join", JOIN, recipe(inputs=JOIN.inputs[::-1])),
    ("checkpoint", MODEL, recipe(checkpoint=Pin("u", "2"))),
    ("rows of a slice", MODEL, recipe(rows=7)),
    ("input catalog", CASE, whole(inputs=Pin("answers", "1"))),
    ("output catalog", CASE, whole(outputs=Pin("numbers", "1"))),
]


@pytest.mark.parametrize(("definition", "change"), [row[1:] for row in WORDING], ids=[row[0] for row in WORDING])
def test_wording_changes_no_digest(definition: Any, change: Change) -> None:
    assert change(definition) != definition
    assert definition_digest(change(definition), KNOWN) == definition_digest(definition, KNOWN)


@pytest.mark.parametrize(("definition", "change"), [row[1:] for row in MEANING], ids=[row[0] for row in MEANING])
def test_meaning_changes_the_digest(definition: Any, change: Change) -> None:
    assert definition_digest(change(definition), KNOWN) != definition_digest(definition, KNOWN)


def test_before_1_0_a_minor_is_another_meaning() -> None:
    digests = {definition_digest(replace(NUMBERS, version=Version(0, minor, 0)), KNOWN) for minor in range(3)}
    assert len(digests) == 3


@pytest.mark.parametrize("definition", [PYTHON, FILES, JOIN, MODEL, CASE])
def test_a_changed_catalog_changes_what_is_made_with_it(definition: Any) -> None:
    changed = {**KNOWN, NUMBERS.pin: feature(type=Scalar("int16"))(NUMBERS)}
    worded = {**KNOWN, NUMBERS.pin: feature(unit="m")(NUMBERS)}
    assert definition_digest(definition, changed) != definition_digest(definition, KNOWN)
    assert definition_digest(definition, worded) == definition_digest(definition, KNOWN)


def test_each_definition_has_a_digest_of_its_own() -> None:
    assert len({definition_digest(one, KNOWN) for one in (NUMBERS, ANSWERS, PYTHON, FILES, JOIN, MODEL, CASE)}) == 7


def test_pipelines_have_none() -> None:
    with pytest.raises(TypeError, match="no digest of its own"):
        definition_digest(Pipeline("p", Version(1, 0, 0), ()), KNOWN)


def test_a_day_is_no_moment() -> None:
    assert encode(date(2030, 1, 31)) != encode(datetime(2030, 1, 31))
