"""A pipeline's module: its plan, and the classes of its steps. And the module that only a type checker reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jeyn.model import modules as names
from jeyn.model.codec import encode
from jeyn.model.definitions import DatasetFormula, Definitions, ModelRecipe
from jeyn.model.names import Pin, class_part
from jeyn.model.plan import Plan, PlannedStep
from jeyn_gen.emit.annotations import annotation
from jeyn_gen.emit.import_lines import imports
from jeyn_gen.emit.layout import assignment, statement
from jeyn_gen.emit.source import docstring, imports_of, part_of
from jeyn_gen.emit.step_classes import BatchNames, StepSource, inputs_class, outputs_class
from jeyn_gen.emit.units import Unit


def pipeline_unit(plan: Plan) -> Unit:
    """The file of a pipeline."""
    return Unit.of(names.path(names.PIPELINES, plan.pin), encode(plan), lambda: _pipeline_body(plan))


def check_units(definitions: Definitions, plans: Mapping[Pin, Plan]) -> Iterator[Unit]:
    """For each formula and pipeline that has functions the module that assigns each to what its step calls."""
    made_by_steps = {
        (step.function, output.definition)
        for pipeline in definitions.pipelines.values()
        for step in pipeline.steps
        for output in step.outputs
    }
    for pin, formula in definitions.formulas.items():
        # The function of a step that outputs batches of the formula takes the step's inputs, and is checked there.
        if formula.function and (formula.function, pin) not in made_by_steps:
            yield _check_unit("formulas", pin, *_formula_checks(formula, definitions))
    for pin, plan in plans.items():
        needed, checks = _step_checks(plan)
        if checks:
            yield _check_unit("pipelines", pin, needed, checks)


def _check_unit(kind: str, pin: Pin, needed: list[str], checks: list[str]) -> Unit:
    return Unit.of(
        names.path(f"{names.CHECKS}.{kind}", pin), [*needed, *checks], lambda: _check_body(pin, needed, checks)
    )


def _pipeline_body(plan: Plan) -> str:
    own = [step for step in plan.steps if step.formula is None]
    class_names = [f"{class_part(step.name)}{suffix}" for step in own for suffix in ("Inputs", "Outputs")]
    batches = BatchNames.of((one.catalog for step in own for one in step.inputs if one.catalog), class_names)
    sources = [source for step in own for source in _classes(plan, step, batches)]
    needed = imports(*imports_of(plan), *(line for source in sources for line in source.imports), *batches.imports())
    classes = "".join(f"\n\n{source.source}\n" for source in sources)
    return f"""{docstring(f"The steps of pipeline `{plan.pin}`: what each reads and gives.")}

from __future__ import annotations

{needed}

{assignment("PLAN", part_of(plan))}
{classes}"""


def _classes(plan: Plan, step: PlannedStep, batches: BatchNames) -> list[StepSource]:
    name = class_part(step.name)
    parameters = [parameter for parameter in plan.parameters if parameter.name in step.parameters]
    secrets = [secret for secret, _ in step.secrets]
    reads = inputs_class(name, f"What step `{step.name}` reads.", step.inputs, parameters, batches, secrets)
    return [reads, outputs_class(name, f"What step `{step.name}` gives.", step.outputs)]


def _step_checks(plan: Plan) -> tuple[list[str], list[str]]:
    module = names.module(names.PIPELINES, plan.pin)
    needed: list[str] = []
    checks: list[str] = []
    for step in plan.steps:
        if step.formula is not None:
            continue
        name = class_part(step.name)
        needed += [f"from {module} import {name}Inputs", f"from {module} import {name}Outputs"]
        gives = f"{name}Outputs" if step.outputs else f"{name}Outputs | None"
        checks.append(_assignment(step.name, f"Callable[[{name}Inputs], {gives}]", step.function))
    return needed, checks


def _formula_checks(formula: DatasetFormula, definitions: Definitions) -> tuple[list[str], list[str]]:
    data = "from jeyn.stores.data import BatchData"
    if isinstance(formula.recipe, ModelRecipe):
        read = definitions.formulas[formula.recipe.batch].catalog
        batch = names.batch_class(read)
        needed = ["from typing import Any", data, f"from {names.module(names.CATALOGS, read)} import {batch}"]
        return needed, [_assignment(formula.name, f"Callable[[Any, {batch}], BatchData]", formula.function)]
    name = class_part(formula.name)
    needed = [data, f"from {names.module(names.FORMULAS, formula.pin)} import {name}Inputs"]
    return needed, [_assignment(formula.name, f"Callable[[{name}Inputs], BatchData]", formula.function)]


def _assignment(what: str, kind: str, function: str) -> str:
    module, _, name = function.partition(":")
    variable = f"_{what.replace('-', '_')}"
    return f"import {module}\n{statement(variable, annotation(kind), f'{module}.{name}')}"


def _check_body(pin: Pin, needed: list[str], checks: list[str]) -> str:
    modules = {check.partition("\n")[0].removeprefix("import ") for check in checks}
    lines = "\n".join(check.partition("\n")[2] for check in checks)
    about = f"Never imported: a type checker finds here whether the functions of `{pin}` fit their steps."
    return f"""{docstring(about)}

from __future__ import annotations

{imports("from collections.abc import Callable", *needed, own=modules)}

{lines}
"""
