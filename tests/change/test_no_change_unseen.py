"""Whatever differs between two versions of a definition, some rule says what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from jeyn.model.definitions import (
    CompositeRecipe,
    DataCatalog,
    DatasetFormula,
    Definition,
    FilesRecipe,
    Gate,
    InputSource,
    MLUseCase,
    ModelRecipe,
    OutputTarget,
    Parameter,
    Pipeline,
    Promotion,
    PythonRecipe,
    Resources,
    Schedule,
    Step,
)
from jeyn.model.names import Pin, Version
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Backoff, Condition, ForEach, Placement, Toleration
from jeyn.model.types import Constraints, Feature, List, Scalar, Struct, Tensor
from jeyn_gen.change.rules import breaches

V = Version(1, 0, 0)
A, B, C = Pin("a", "1"), Pin("b", "1"), Pin("c", "1")
TEXT, NUMBER = Scalar("string"), Scalar("int8")


def of_feature(feature: Feature) -> DataCatalog:
    return DataCatalog("catalog", V, (Feature("id", NUMBER), feature))


def of_type(kind: Any) -> DataCatalog:
    return of_feature(Feature("x", List(Feature("element", Struct((Feature("y", kind),))))))


def of_rules(kind: Scalar) -> Callable[[Constraints], DataCatalog]:
    return lambda rules: of_feature(Feature("x", kind, rules))


def of_recipe(recipe: Any) -> DatasetFormula:
    return DatasetFormula("formula", V, A, recipe)


def of_use_case(**held: Any) -> MLUseCase:
    return MLUseCase("use-case", V, A, B, **held)


def of_step(step: Step) -> Pipeline:
    return Pipeline("pipeline", V, (step,), (Parameter("p", NUMBER), Parameter("q", NUMBER)))


FUNCTION = Step("step", function="a:f", inputs=(InputSource("x", StepOutput("s")),), outputs=(OutputTarget("y", A),))
WHOLE: list[tuple[Callable[[Any], Definition], Any, dict[str, Any]]] = [
    (lambda one: one, DataCatalog("a", V, (Feature("x", TEXT),)), {"features": (), "description": "text"}),
    (
        lambda one: one,
        DatasetFormula("a", V, A, FilesRecipe("data", "csv")),
        {"catalog": B, "recipe": PythonRecipe("a:f"), "description": "text"},
    ),
    (
        lambda one: one,
        of_use_case(),
        {
            "inputs": C,
            "outputs": C,
            "metrics": (Gate("accuracy", 0.5),),
            "promoted": (Promotion("production", "a#1", "sha256:0"),),
            "serializer": "skops",
            "trusted": ("sklearn.*",),
            "description": "text",
        },
    ),
    (
        lambda one: one,
        Pipeline("a", V, (FUNCTION,)),
        {
            "steps": (),
            "parameters": (Parameter("p", NUMBER),),
            "schedule": Schedule("0 3 * * *"),
            "description": "text",
            "on_merge": True,
            "on_new_batch": (A,),
            "concurrency": 1,
        },
    ),
]
PARTS: list[tuple[Callable[[Any], Definition], Any, dict[str, Any]]] = [
    *WHOLE,
    (
        of_feature,
        Feature("x", NUMBER),
        {
            "type": TEXT,
            "constraints": Constraints(nullable=True),
            "description": "text",
            "unit": "m",
            "tags": ("tag",),
            "deprecated": True,
            "examples": (1,),
            "renamed_from": "w",
        },
    ),
    (
        of_rules(NUMBER),
        Constraints(maximum=9, minimum=0, enum=(1, 2)),
        {
            "nullable": True,
            "minimum": 1,
            "maximum": 8,
            "exclusive_minimum": 3,
            "exclusive_maximum": 7,
            "min_length": None,
            "max_length": None,
            "pattern": None,
            "enum": (2, 1),
            "unique": True,
        },
    ),
    (
        of_rules(TEXT),
        Constraints(pattern="a", max_length=3),
        {
            "nullable": True,
            "minimum": None,
            "maximum": None,
            "exclusive_minimum": None,
            "exclusive_maximum": None,
            "min_length": 1,
            "max_length": 4,
            "pattern": "b",
            "enum": ("a",),
            "unique": True,
        },
    ),
    (of_type, Scalar("timestamp"), {"dtype": "date", "timezone": "UTC", "precision": None, "scale": None}),
    (of_type, Scalar("decimal", "", 9, 2), {"dtype": "date", "timezone": None, "precision": 8, "scale": 3}),
    (of_type, Tensor(NUMBER, (2, -1)), {"item": Scalar("int16"), "shape": (-1, 3)}),
    (of_type, Struct((Feature("z", NUMBER),)), {"fields": (Feature("z", TEXT),)}),
    (of_type, List(Feature("element", NUMBER)), {"item": Feature("element", NUMBER, Constraints(nullable=True))}),
    (of_recipe, FilesRecipe("data", "csv"), {"url": "more", "format": "jsonl"}),
    (of_recipe, PythonRecipe("a:f"), {"function": "b:f", "inputs": (("x", A),)}),
    (
        of_recipe,
        CompositeRecipe((("x", A), ("y", B)), ("k", "l")),
        {"inputs": (("y", B), ("x", A)), "on": ("l", "k"), "how": "left"},
    ),
    (of_recipe, ModelRecipe(A, B, "a:f"), {"batch": C, "checkpoint": C, "function": "b:f", "rows": 1}),
    (lambda gate: of_use_case(metrics=(gate,)), Gate("accuracy", 0.5), {"minimum": 0.4, "maximum": 0.9}),
    (
        lambda one: of_use_case(promoted=(one,)),
        Promotion("production", "a#1", "sha256:0"),
        {"checkpoint": "a#2", "digest": "sha256:1"},
    ),
    (
        lambda one: Pipeline("pipeline", V, (FUNCTION,), (one,)),
        Parameter("p", NUMBER, Constraints(minimum=1), 3),
        {"type": TEXT, "constraints": Constraints(exclusive_minimum=0), "default": 4, "description": "text"},
    ),
    (
        of_step,
        FUNCTION,
        {
            "formula": A,
            "function": "a:g",
            "inputs": (),
            "outputs": (),
            "parameters": ("p",),
            "code": ("*.csv",),
            "cache": False,
            "retries": 1,
            "resources": Resources(gpu=1),
            "secrets": (("key", "k"),),
            "description": "text",
            "for_each": ForEach(((("p", 1),),)),
            "when": (Condition("p", equals=1),),
            "backoff": Backoff(30),
            "timeout": 60,
            "placement": Placement("gpu"),
        },
    ),
    (
        lambda one: of_step(replace(FUNCTION, for_each=one)),
        ForEach(((("p", 1),),)),
        {"items": ((("p", 2),),), "source": StepOutput("s", "y")},
    ),
    (
        lambda one: of_step(replace(FUNCTION, when=(one,))),
        Condition("p"),
        {"parameter": "q", "source": StepOutput("s", "y"), "equals": 1, "minimum": 1.0, "maximum": 1.0},
    ),
    (lambda one: of_step(replace(FUNCTION, backoff=one)), Backoff(1), {"first": 2, "factor": 2, "longest": 9}),
    (
        lambda one: of_step(replace(FUNCTION, placement=one)),
        Placement(),
        {"image": "gpu", "node_selector": (("disk", "ssd"),), "tolerations": (Toleration("gpu"),)},
    ),
    (
        lambda one: of_step(replace(FUNCTION, inputs=(one,))),
        InputSource("x", StepOutput("s")),
        {"source": Recorded("a", "latest"), "catalog": A},
    ),
    (
        lambda one: of_step(replace(FUNCTION, outputs=(one,))),
        OutputTarget("y", A),
        {"definition": B, "report": "notes"},
    ),
    (
        lambda one: Pipeline("pipeline", V, (FUNCTION,), schedule=one),
        Schedule("0 3 * * *"),
        {"cron": "0 4 * * *", "timezone": "Europe/Berlin", "concurrency": "allow", "missed": 60},
    ),
]


def said(old: Definition, new: Definition) -> set[str]:
    return {rule.code for rule, _ in breaches(old, new, {}, {})}


@pytest.mark.parametrize(("whole", "part", "others"), PARTS, ids=lambda one: type(one).__name__)
def test_no_field_goes_unseen(whole: Callable[[Any], Definition], part: Any, others: dict[str, Any]) -> None:
    assert said(whole(part), whole(part)) == set()
    named = {"name", "version", "metric", "stage"}
    assert set(others) == {field.name for field in fields(part)} - named, (
        "each field, so that a new one is not forgotten"
    )
    for field, other in others.items():
        if other is not None:  # what a part of this type cannot have
            changed = replace(part, **{field: other})
            assert said(whole(part), whole(changed)), field
            assert said(whole(changed), whole(part)), field


def test_what_stands_in_another_order_is_seen() -> None:
    other = replace(FUNCTION, name="other", outputs=())
    two = Pipeline("a", V, (FUNCTION, other), (Parameter("p", NUMBER), Parameter("q", NUMBER)))
    assert said(two, replace(two, steps=two.steps[::-1])) == {"JYN607"}
    assert said(two, replace(two, parameters=two.parameters[::-1])) == {"JYN607"}
    catalog = of_feature(Feature("x", Struct((Feature("y", NUMBER), Feature("z", TEXT)))))
    assert said(catalog, replace(catalog, features=catalog.features[::-1])) == {"JYN607"}
    turned = of_feature(Feature("x", Struct((Feature("z", TEXT), Feature("y", NUMBER)))))
    assert said(catalog, turned) == {"JYN607"}
    for field in ("inputs", "secrets", "outputs"):
        pairs = {
            "inputs": (InputSource("x", StepOutput("s")), InputSource("y", StepOutput("s"))),
            "outputs": (OutputTarget("x", A), OutputTarget("y", B)),
            "secrets": (("x", "k"), ("y", "k")),
        }[field]
        steps = [of_step(replace(FUNCTION, **{field: order})) for order in (pairs, pairs[::-1])]
        assert said(*steps) == {"JYN607"}
    gates = [of_use_case(metrics=order) for order in ((Gate("a", 1), Gate("b", 1)), (Gate("b", 1), Gate("a", 1)))]
    assert said(*gates) == {"JYN607"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ({"equals": 1}, {"equals": 2}, "JYN902"),
        ({"equals": 1}, {"minimum": 1.0}, "JYN902"),
        ({"minimum": 1.0}, {"equals": 1}, "JYN902"),
        ({"minimum": 1.0}, {"maximum": 1.0}, "JYN902"),
        ({"minimum": 1.0}, {"minimum": 1.5}, "JYN902"),
        ({"minimum": 1.0}, {"minimum": 1.0, "maximum": 9.0}, "JYN902"),
        ({"maximum": 1.0}, {"maximum": 0.5}, "JYN902"),
        ({"minimum": 1.0, "maximum": 2.0}, {"minimum": 0.5, "maximum": 2.5}, "JYN698"),
        ({"minimum": 1.0, "maximum": 2.0}, {"maximum": 2.0}, "JYN698"),
    ],
)
def test_conditions_that_ask_for_more(old: dict[str, Any], new: dict[str, Any], code: str) -> None:
    steps = [of_step(replace(FUNCTION, when=(Condition("p", **one),))) for one in (old, new)]
    assert said(*steps) == {code}


def test_a_condition_on_something_else_is_another() -> None:
    p, q = (Condition(name, equals=1) for name in "pq")
    none, one, other, both = (of_step(replace(FUNCTION, when=when)) for when in ((), (p,), (q,), (p, q)))
    assert said(one, other) == said(none, one) == said(one, both) == {"JYN902"}
    assert said(both, one) == said(one, none) == {"JYN698"}
    assert said(both, of_step(replace(FUNCTION, when=(q, p)))) == {"JYN698"}


def test_values_that_cannot_be_compared_are_not() -> None:
    """A bound of another dtype or without a time zone; the dtype or the zone says enough."""
    from datetime import UTC, datetime

    plain = of_feature(Feature("x", Scalar("timestamp"), Constraints(minimum=datetime(2030, 1, 1))))
    zoned = of_feature(Feature("x", Scalar("timestamp", "UTC"), Constraints(minimum=datetime(2030, 1, 1, tzinfo=UTC))))
    spans = of_feature(Feature("x", Scalar("duration"), Constraints(minimum=timedelta(1))))
    assert said(plain, zoned) == {"JYN621"}
    assert said(plain, spans) == said(spans, zoned) == {"JYN615"}
