"""Whole projects as hypothesis draws them: documents of all kinds whose references resolve, and the functions they name.

Nothing in them gives a finding. They are built from the ground up, as a person would: catalogs, formulas that read
what is there already, use cases, pipelines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import drawn_definitions as drawn
from hypothesis import strategies as st
from written_documents import document

from jeyn.model.definitions import (
    CompositeRecipe,
    DataCatalog,
    DatasetFormula,
    Definition,
    FilesRecipe,
    InputSource,
    MLUseCase,
    ModelRecipe,
    OutputTarget,
    Parameter,
    Pipeline,
    Promotion,
    PythonRecipe,
    Recipe,
    Step,
)
from jeyn.model.inclusion import includes
from jeyn.model.names import Pin, Version
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Condition, ForEach
from jeyn.model.types import Feature, Scalar

FUNCTIONS = "pipelines/functions.py"
KEY = Feature("key", Scalar("int64"))


@dataclass
class DrawnProject:
    """Definitions by kind, and the functions that they name, with how many arguments each takes."""

    catalogs: list[DataCatalog] = field(default_factory=list)
    formulas: list[DatasetFormula] = field(default_factory=list)
    use_cases: list[MLUseCase] = field(default_factory=list)
    pipelines: list[Pipeline] = field(default_factory=list)
    functions: dict[str, int] = field(default_factory=dict)

    @property
    def definitions(self) -> list[Definition]:
        return [*self.catalogs, *self.formulas, *self.use_cases, *self.pipelines]

    @property
    def files(self) -> dict[str, str]:
        """The files of the project, by path."""
        held = {"pyproject.toml": '[tool.jeyn]\nproject = "drawn"\n', FUNCTIONS: self._source()}
        for one in self.definitions:
            folder = "catalogs" if isinstance(one, DataCatalog) else "pipelines"
            held[f"{folder}/{type(one).__name__}/{one.pin}.yaml"] = document(one, block=len(one.name) % 2 == 0)
        return held

    def _source(self) -> str:
        lines = ["from typing import Any"]
        for name, arguments in self.functions.items():
            named = ", ".join(f"{word}: Any" for word in ("model", "batch")[-arguments:])
            lines.append(f"\n\ndef {name}({named}) -> Any:\n    return None")
        return "\n".join(lines) + "\n"

    def function(self, arguments: int = 1) -> str:
        """A function of its own, `module:name`."""
        name = f"f{len(self.functions)}"
        self.functions[name] = arguments
        return f"pipelines.functions:{name}"

    def catalog(self, pin: Pin) -> DataCatalog:
        return next(one for one in self.catalogs if one.pin == pin)

    def taken(self, kind: type[Definition], pin: Pin) -> bool:
        return any(type(one) is kind and one.pin == pin for one in self.definitions)


@st.composite
def projects(draw: st.DrawFn) -> DrawnProject:
    project = DrawnProject()
    for _ in range(draw(st.integers(1, 3))):
        draw(_with_catalog(project))
    for _ in range(draw(st.integers(1, 2))):
        draw(_with_use_case(project))
    for _ in range(draw(st.integers(2, 6))):
        draw(_with_formula(project))
    for number in range(draw(st.integers(1, 2))):
        draw(_with_pipeline(project, number))
    return project


def _pin(draw: st.DrawFn, project: DrawnProject, kind: type[Definition], prefix: str) -> tuple[str, Version]:
    """A name and a version of which there is none yet; several majors of one name are likely."""
    name = f"{prefix}{draw(st.sampled_from(['', '-a', '-1', '-b-c']))}".strip("-")
    version = draw(drawn.versions)
    while project.taken(kind, Pin(name, version.line)):
        version = replace(version, major=version.major + 1)
    return name, version


def _add_catalog(draw: st.DrawFn, project: DrawnProject, features: tuple[Feature, ...], prefix: str) -> DataCatalog:
    name, version = _pin(draw, project, DataCatalog, prefix)
    made = DataCatalog(name, version, features, draw(drawn.texts))
    project.catalogs.append(made)
    return made


@st.composite
def _with_catalog(draw: st.DrawFn, project: DrawnProject) -> DataCatalog:
    """A catalog whose features nobody warns of, and often one to join on."""
    features = [replace(one, deprecated=False) for one in draw(drawn.catalogs()).features if one.name != KEY.name]
    if draw(st.booleans()) or not features:
        features.insert(0, KEY)
    return _add_catalog(draw, project, tuple(features), "catalog")


@st.composite
def _with_use_case(draw: st.DrawFn, project: DrawnProject) -> MLUseCase:
    name, version = _pin(draw, project, MLUseCase, "use")
    made = replace(
        draw(drawn.use_cases),
        name=name,
        version=version,
        inputs=draw(st.sampled_from(project.catalogs)).pin,
        outputs=draw(st.sampled_from(project.catalogs)).pin,
    )
    promoted = tuple(
        Promotion(one.stage, f"{name}#{number}", one.digest) for number, one in enumerate(made.promoted, 1)
    )
    made = replace(made, promoted=promoted)
    project.use_cases.append(made)
    return made


@st.composite
def _with_formula(draw: st.DrawFn, project: DrawnProject) -> DatasetFormula:
    makers: list[Callable[[st.DrawFn, DrawnProject], tuple[Recipe, DataCatalog] | None]]
    makers = [_files, _python, _composite, _model]
    recipe, catalog = draw(st.sampled_from(makers))(draw, project) or _files(draw, project)
    name, version = _pin(draw, project, DatasetFormula, "formula")
    made = DatasetFormula(name, version, catalog.pin, recipe, draw(drawn.texts))
    project.formulas.append(made)
    return made


def _files(draw: st.DrawFn, project: DrawnProject) -> tuple[Recipe, DataCatalog]:
    catalog = draw(st.sampled_from(project.catalogs))
    formats = ["parquet", "jsonl"] + ["csv"] * all(isinstance(one.type, Scalar) for one in catalog.features)
    return FilesRecipe(f"data/{draw(drawn.names)}/*", draw(st.sampled_from(formats))), catalog


def _python(draw: st.DrawFn, project: DrawnProject) -> tuple[Recipe, DataCatalog]:
    read = draw(st.lists(st.sampled_from(project.formulas), max_size=3)) if project.formulas else []
    inputs = tuple((name, one.pin) for name, one in zip(drawn.ATTRIBUTES, read, strict=False))
    return PythonRecipe(project.function(), inputs), draw(st.sampled_from(project.catalogs))


def _composite(draw: st.DrawFn, project: DrawnProject) -> tuple[Recipe, DataCatalog] | None:
    """Two formulas side by side, or joined on the key, with a catalog of what they give together."""
    if not project.formulas:
        return None
    parts = [draw(st.sampled_from(project.formulas)) for _ in range(2)]
    held = [project.catalog(one.catalog).features for one in parts]
    names = [{one.name for one in features} for features in held]
    is_join = all(KEY in features for features in held) and draw(st.booleans())
    how = draw(st.sampled_from(["inner", "left", "full"])) if is_join else "inner"
    features = [KEY] if is_join else []
    for part, other, own in ((0, 1, held[0]), (1, 0, held[1])):
        may_lack = how == "full" or (how == "left" and part == 1)
        features += [_joined(one, is_join=is_join, may_lack=may_lack) for one in own if one.name not in names[other]]
    if not features:
        return None
    catalog = _add_catalog(draw, project, tuple(features), "joined")
    inputs = tuple(zip(("x", "y"), (one.pin for one in parts), strict=True))
    return CompositeRecipe(inputs, (KEY.name,) if is_join else (), how), catalog


def _joined(one: Feature, *, is_join: bool, may_lack: bool) -> Feature:
    rules = one.constraints
    return replace(
        one, constraints=replace(rules, nullable=rules.nullable or may_lack, unique=rules.unique and not is_join)
    )


def _model(draw: st.DrawFn, project: DrawnProject) -> tuple[Recipe, DataCatalog] | None:
    """A use case, and a formula whose batches it takes."""
    use_case = draw(st.sampled_from(project.use_cases))
    wanted = project.catalog(use_case.inputs)
    fitting = [one for one in project.formulas if includes(project.catalog(one.catalog), wanted)]
    if not fitting:
        return None
    batch = draw(st.sampled_from(fitting))
    recipe = ModelRecipe(batch.pin, use_case.pin, project.function(2), draw(st.integers(1, 2**31 - 1)))
    return recipe, project.catalog(use_case.outputs)


@st.composite
def _with_pipeline(draw: st.DrawFn, project: DrawnProject, number: int) -> Pipeline:
    name, version = _pin(draw, project, Pipeline, "pipeline")
    parameters = tuple(
        draw(drawn.parameters(one)) for one in draw(st.lists(st.sampled_from("CDE"), max_size=2, unique=True))
    )
    steps: list[Step] = []
    run = draw(st.lists(st.sampled_from(project.formulas), max_size=3, unique=True))
    for formula in run:
        steps.append(_formula_step(draw, formula, f"s{len(steps)}-{draw(drawn.names)}"[:63].strip("-")))
    # Neither made twice nor what an earlier step would wait for.
    made = {one.formula for one in steps} | {pin for formula in run for _, pin in formula.inputs}
    for _ in range(draw(st.integers(0 if steps else 1, 2))):
        steps.append(_function_step(draw, project, steps, made, parameters, number))
    pipeline = Pipeline(
        name,
        version,
        tuple(steps),
        parameters,
        draw(st.none() | drawn.schedules),
        draw(drawn.texts),
        on_merge=draw(st.booleans()),
        on_new_batch=_watched(draw, project, steps),
        concurrency=draw(st.integers(0, 3)),
    )
    project.pipelines.append(pipeline)
    return pipeline


def _watched(draw: st.DrawFn, project: DrawnProject, steps: list[Step]) -> tuple[Pin, ...]:
    """Formulas whose new batches start a pipeline: none that it makes, and of one pipeline alone, so in no circle."""
    made = {one.formula for one in steps} | {output.definition for one in steps for output in one.outputs}
    free = [one.pin for one in project.formulas if one.pin not in made]
    if not free or any(one.on_new_batch for one in project.pipelines):
        return ()
    return tuple(draw(st.lists(st.sampled_from(free), max_size=2, unique=True)))


def _common(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "backoff": draw(drawn.backoffs),
        "timeout": draw(st.just(0) | drawn.spans),
        "placement": draw(drawn.placements),
        "code": tuple(draw(st.lists(st.sampled_from(["a/*.sql", "**", "b c"]), max_size=2))),
        "cache": draw(st.booleans()),
        "retries": draw(drawn.whole),
        "resources": draw(drawn.resources),
        "description": draw(drawn.texts),
    }


def _formula_step(draw: st.DrawFn, formula: DatasetFormula, name: str) -> Step:
    """Its inputs are found, or some of them stated as the latest."""
    stated = [
        InputSource(read, Recorded(pin.name, "latest", pin.line)) for read, pin in formula.inputs if draw(st.booleans())
    ]
    return Step(name=name, formula=formula.pin, inputs=tuple(stated), **_common(draw))


def _function_step(
    draw: st.DrawFn,
    project: DrawnProject,
    steps: list[Step],
    made: set[Pin | None],
    parameters: tuple[Parameter, ...],
    number: int,
) -> Step:
    """A step that reads what other steps or the record give, and gives checkpoints, batches and reports."""
    own = [
        formula for formula in project.formulas if isinstance(formula.recipe, PythonRecipe) and formula.pin not in made
    ]
    gives_batch = draw(st.sampled_from([None, *own]))
    function = gives_batch.function if gives_batch else project.function()
    names = draw(st.lists(drawn.attributes.filter(lambda one: one not in "CDE"), max_size=3, unique=True))
    inputs = tuple(_input(draw, project, steps, name) for name in names)
    read = [_catalog_read(project, steps, one) for one in inputs]
    batches = [catalog for catalog in read if catalog is not None]
    fitting = [
        use_case
        for use_case in project.use_cases
        if use_case.pin not in made
        and (not batches or any(includes(one, project.catalog(use_case.inputs)) for one in batches))
    ]
    outputs = [OutputTarget("report", report=f"report-{number}-{len(steps)}")] if draw(st.booleans()) else []
    if fitting and draw(st.booleans()):
        outputs.append(OutputTarget("checkpoint", draw(st.sampled_from(fitting)).pin))
    if gives_batch:
        outputs.append(OutputTarget("batch", gives_batch.pin))
        made.add(gives_batch.pin)
    taken = (
        draw(st.none() | st.lists(st.sampled_from([one.name for one in parameters]), unique=True))
        if parameters
        else None
    )
    secrets = tuple(draw(st.dictionaries(st.sampled_from(["api_key", "Secret"]), drawn.secret_keys)).items())
    known = tuple(one for one in parameters if taken is None or one.name in taken)
    return Step(
        for_each=_for_each(draw, steps, known),
        when=_when(draw, steps, parameters),
        name=f"s{len(steps)}",
        function=function,
        inputs=inputs,
        outputs=tuple(outputs),
        parameters=None if taken is None else tuple(taken),
        secrets=secrets,
        **_common(draw),
    )


def _for_each(draw: st.DrawFn, steps: list[Step], taken: tuple[Parameter, ...]) -> ForEach | None:
    """No items, some of what the step takes, or those of a report."""
    reports = [source for source, output in _alone(steps) if output.report]
    if reports and draw(st.booleans()):
        return ForEach(source=draw(st.sampled_from(reports)))
    return draw(st.none() | drawn.for_each(taken).filter(lambda one: one.source is None)) if taken else None


def _when(draw: st.DrawFn, steps: list[Step], parameters: tuple[Parameter, ...]) -> tuple[Condition, ...]:
    """Conditions on parameters, and on metrics of what one step gave."""
    asked = [one for one in draw(drawn.conditions(parameters)) if one.source is None]
    gave = [source for source, output in _alone(steps) if output.name != "batch"]
    if gave and draw(st.booleans()):
        asked.append(Condition("", draw(st.sampled_from(gave)), "error", maximum=0.5))
    return tuple(asked)


def _alone(steps: list[Step]) -> list[tuple[StepOutput, OutputTarget]]:
    """What steps without items give."""
    return [(StepOutput(one.name, output.name), output) for one in steps if not one.for_each for output in one.outputs]


def _input(draw: st.DrawFn, project: DrawnProject, steps: list[Step], name: str) -> InputSource:
    sources: list[StepOutput | Recorded] = []
    for step in steps:
        sources += [StepOutput(step.name, one.name) for one in step.outputs] or [StepOutput(step.name)] * (
            step.formula is not None
        )
    sources += [
        Recorded(one.pin.name, draw(st.sampled_from(["latest", "7"])), one.pin.line) for one in project.formulas
    ]
    sources += [
        Recorded(one.pin.name, draw(st.sampled_from(["latest", "production", "1"])), one.pin.line)
        for one in project.use_cases
    ]
    made = InputSource(name, draw(st.sampled_from(sources)))
    own = _catalog_read(project, steps, made)
    if own is None or draw(st.booleans()):
        return made
    return replace(made, catalog=draw(st.sampled_from([one for one in project.catalogs if includes(own, one)])).pin)


def _catalog_read(project: DrawnProject, steps: list[Step], one: InputSource) -> DataCatalog | None:
    """The catalog that an input is read as; None for what is no batch."""
    if one.catalog is not None:
        return project.catalog(one.catalog)
    pin: Pin | None
    if isinstance(one.source, Recorded):
        pin = one.source.pin
    else:
        source = one.source
        step = next(step for step in steps if step.name == source.step)
        pin = step.formula or next(output.definition for output in step.outputs if output.name == source.output)
    found = [formula for formula in project.formulas if formula.pin == pin]
    return project.catalog(found[0].catalog) if found else None
