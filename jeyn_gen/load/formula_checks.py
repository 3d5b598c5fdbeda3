"""Checks of formulas and use cases against the other documents."""

from __future__ import annotations

from dataclasses import replace

from jeyn.model.definitions import (
    CompositeRecipe,
    DataCatalog,
    DatasetFormula,
    FilesRecipe,
    MLUseCase,
    ModelRecipe,
)
from jeyn.model.inclusion import feature_gaps
from jeyn.model.references import Recorded, parse_reference
from jeyn.model.types import Feature, Scalar
from jeyn_gen.load.documents import Document
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.functions import FunctionFinder
from jeyn_gen.load.mending import respelt
from jeyn_gen.load.order import ordered
from jeyn_gen.load.scope import Scope


def check_use_cases(scope: Scope) -> None:
    """The catalogs of each use case exist, and what it promotes is one of its checkpoints."""
    for use_case in scope.definitions.use_cases.values():
        document = scope.document(use_case)
        scope.catalog(use_case.inputs, document.at("inputs"))
        scope.catalog(use_case.outputs, document.at("outputs"))
        for promotion in use_case.promoted:
            _check_promotion(scope, document, use_case, promotion.stage)


def _check_promotion(scope: Scope, document: Document, use_case: MLUseCase, stage: str) -> None:
    promotion = next(one for one in use_case.promoted if one.stage == stage)
    try:
        reference = parse_reference(promotion.checkpoint)
    except ValueError:
        reference = None
    if not isinstance(reference, Recorded) or reference.number is None or reference.name != use_case.name:
        place = document.at("promoted", stage, "checkpoint")
        message = f"{promotion.checkpoint[:80]!r} is no checkpoint of {use_case.name}"
        scope.report(place, "JYN109", message, f"write {use_case.name}#NUMBER")


def check_formulas(scope: Scope, finder: FunctionFinder) -> None:
    """What each formula names exists and fits, and no formula is made from itself."""
    for formula in scope.definitions.formulas.values():
        document = scope.document(formula)
        catalog = scope.catalog(formula.catalog, document.at("catalog"))
        if isinstance(formula.recipe, ModelRecipe):
            _check_model(scope, document, formula, formula.recipe)
        else:
            kind = "composite" if isinstance(formula.recipe, CompositeRecipe) else "python"
            for name, pin in formula.inputs:
                scope.formula(pin, document.at("recipe", kind, "inputs", name))
            if isinstance(formula.recipe, CompositeRecipe) and catalog is not None:
                _check_composite(scope, document, formula, formula.recipe)
        if isinstance(formula.recipe, FilesRecipe) and formula.recipe.format == "csv" and catalog is not None:
            _check_fields_of_text(scope, document, catalog)
        if formula.function:
            arguments = 2 if isinstance(formula.recipe, ModelRecipe) else 1
            kind = "model" if arguments == 2 else "python"
            check_function(scope, finder, document, ("recipe", kind, "function"), formula.function, arguments)
    _check_cycles(scope)


def check_function(
    scope: Scope, finder: FunctionFinder, document: Document, keys: tuple[str, ...], function: str, arguments: int
) -> None:
    """A function is in the project's source and takes so many arguments."""
    problem = finder.problem(function, arguments)
    if problem is not None:
        module, _, name = function.partition(":")
        hint = suggestion(name, finder.names(module)) if problem[0] == "JYN402" else ""
        if problem[0] == "JYN403" and arguments == 2:
            hint = f"take the model and a slice of rows: def {name}(model, batch)"
        edit = respelt(name, finder.names(module), before=f"{module}:") if problem[0] == "JYN402" else None
        scope.report(document.at(*keys), *problem, hint, edit)


def _check_model(scope: Scope, document: Document, formula: DatasetFormula, recipe: ModelRecipe) -> None:
    batch = scope.formula(recipe.batch, document.at("recipe", "model", "batch"))
    place = document.at("recipe", "model", "checkpoint")
    use_case = scope.use_case(recipe.checkpoint, place)
    if use_case is None:
        return
    catalogs = scope.definitions.catalogs
    given, taken = catalogs.get(batch.catalog) if batch else None, catalogs.get(use_case.inputs)
    if given and taken:
        edge = f"the batches of {recipe.batch} are passed through {use_case.pin}"
        scope.check_inclusion(given, taken, document.at("recipe", "model", "batch"), "JYN302", edge)
    made, promised = catalogs.get(formula.catalog), catalogs.get(use_case.outputs)
    if made and promised:
        edge = f"the batches of {formula.pin} are what {use_case.pin} gives"
        scope.check_inclusion(made, promised, document.at("catalog"), "JYN302", edge)


def _check_fields_of_text(scope: Scope, document: Document, catalog: DataCatalog) -> None:
    """A field of a CSV file holds one value."""
    for feature in catalog.features:
        if not isinstance(feature.type, Scalar):
            message = f"feature `{feature.name}` of {catalog.pin} is {feature.type}, which no field of a CSV file holds"
            fix = "keep the data as parquet or jsonl"
            scope.report(document.at("recipe", "files", "format"), "JYN301", message, fix)


def _check_composite(scope: Scope, document: Document, formula: DatasetFormula, recipe: CompositeRecipe) -> None:
    """Every feature of the composite comes from exactly one of its parts, keys from all."""
    parts = {name: catalog for name, pin in recipe.inputs if (catalog := scope.catalog_of(pin)) is not None}
    if len(parts) < len(recipe.inputs):
        return
    have = {name: {feature.name: feature for feature in catalog.features} for name, catalog in parts.items()}
    for at, key in enumerate(recipe.on):
        lacking = [name for name, features in have.items() if key not in features]
        if lacking:
            place = document.at("recipe", "composite", "on", at)
            message = f"the key `{key}` is not in {' and '.join(lacking)}"
            scope.report(place, "JYN301", message, "join on features that all inputs have")
        for name in [name for name, features in have.items() if not _is_key(features.get(key))]:
            place = document.at("recipe", "composite", "on", at)
            message = f"the key `{key}` of {name} is {have[name][key].type}; rows are matched by single values"
            scope.report(place, "JYN301", message, "join on a scalar")
    for feature in scope.definitions.catalogs[formula.catalog].features:
        sources = [name for name, features in have.items() if feature.name in features]
        place = document.at("recipe", "composite", "inputs")
        what = f"feature `{feature.name}` of {formula.catalog}"
        if not sources:
            fix = f"add it to the catalog of an input, or remove it from {formula.catalog}"
            scope.report(place, "JYN301", f"{what} is in none of the inputs", fix)
        elif len(sources) > 1 and feature.name not in recipe.on:
            fix = "add it to `on` if rows belong together by it, or read one of the inputs without it"
            scope.report(
                place, "JYN301", f"{what} is in {' and '.join(sources)}, so it is not clear which is meant", fix
            )
        else:
            for name in sources if feature.name in recipe.on else sources[:1]:
                _check_part(scope, document, formula, recipe, have[name][feature.name], feature, name)


def _is_key(feature: Feature | None) -> bool:
    """Whether rows can be matched by a feature, if there is one."""
    return feature is None or isinstance(feature.type, Scalar)


def _check_part(
    scope: Scope,
    document: Document,
    formula: DatasetFormula,
    recipe: CompositeRecipe,
    offered: Feature,
    wanted: Feature,
    name: str,
) -> None:
    """What one input gives for a feature can be read as the composite has it."""
    # Rows without a match have null in what is not a key; what is unique in a part need not be in a join.
    unmatched = recipe.how == "full" or (recipe.how == "left" and name != recipe.inputs[0][0])
    rules = offered.constraints
    if unmatched and wanted.name not in recipe.on:
        rules = replace(rules, nullable=True)
    if recipe.on:
        rules = replace(rules, unique=wanted.constraints.unique)
    for reason in feature_gaps(replace(offered, constraints=rules), wanted):
        message = f"feature `{wanted.name}` of {formula.catalog}: what `{name}` gives {reason}"
        fix = f"change `{wanted.name}` in one of the two catalogs"
        scope.report(document.at("recipe", "composite", "inputs", name), "JYN301", message, fix)


def _check_cycles(scope: Scope) -> None:
    formulas = scope.definitions.formulas
    reads = {pin: [read for _, read in formula.inputs if read in formulas] for pin, formula in formulas.items()}
    for cycle in ordered(reads)[1]:
        formula = formulas[cycle[0]]
        kind = {CompositeRecipe: "composite", ModelRecipe: "model"}.get(type(formula.recipe), "python")
        name = next(name for name, read in formula.inputs if read == cycle[1])
        keys = ("recipe", kind, name) if kind == "model" else ("recipe", kind, "inputs", name)
        message = f"{cycle[0]} is made from " + ", which is made from ".join(map(str, cycle[1:]))
        scope.report(scope.document(formula).at(*keys), "JYN207", message)
