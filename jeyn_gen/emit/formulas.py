"""A formula's module: its value, and the inputs class of its function. A use case's module: its value."""

from __future__ import annotations

from jeyn.model import modules as names
from jeyn.model.artefact import BATCH
from jeyn.model.codec import encode
from jeyn.model.definitions import DatasetFormula, Definitions, MLUseCase, ModelRecipe
from jeyn.model.names import class_part
from jeyn.model.plan import PlannedInput
from jeyn.model.references import LATEST, Recorded
from jeyn_gen.emit.import_lines import imports
from jeyn_gen.emit.layout import assignment
from jeyn_gen.emit.source import docstring, imports_of, part_of
from jeyn_gen.emit.step_classes import BatchNames, inputs_class
from jeyn_gen.emit.units import Unit


def formula_unit(formula: DatasetFormula, definitions: Definitions) -> Unit:
    """The file of a formula."""
    catalogs = [encode(definitions.formulas[pin].catalog) for _, pin in formula.inputs if pin in definitions.formulas]
    inputs = [encode(formula), *catalogs]
    return Unit.of(names.path(names.FORMULAS, formula.pin), inputs, lambda: _formula_body(formula, definitions))


def use_case_unit(use_case: MLUseCase) -> Unit:
    """The file of a use case."""
    return Unit.of(names.path(names.USE_CASES, use_case.pin), encode(use_case), lambda: _use_case_body(use_case))


def _formula_body(formula: DatasetFormula, definitions: Definitions) -> str:
    about = docstring(formula.description.strip() or f"The formula {formula.pin}.")
    value = f"{assignment('FORMULA', part_of(formula))}\n"
    if not formula.function or isinstance(formula.recipe, ModelRecipe):
        return f"{about}\n\nfrom __future__ import annotations\n\n{imports(*imports_of(formula))}\n\n{value}"
    reads = [
        PlannedInput(name, BATCH, Recorded(pin.name, LATEST, pin.line), pin, definitions.formulas[pin].catalog)
        for name, pin in formula.inputs
    ]
    name = class_part(formula.name)
    batches = BatchNames.of(one.catalog for one in reads if one.catalog)
    made = inputs_class(name, f"What the function of `{formula.pin}` reads.", reads, (), batches)
    needed = imports(*imports_of(formula), *made.imports, *batches.imports())
    return f"{about}\n\nfrom __future__ import annotations\n\n{needed}\n\n{value}\n\n{made.source}\n"


def _use_case_body(use_case: MLUseCase) -> str:
    about = docstring(use_case.description.strip() or f"The use case {use_case.pin}.")
    needed = imports(*imports_of(use_case))
    value = f"{assignment('USE_CASE', part_of(use_case))}\n"
    return f"{about}\n\nfrom __future__ import annotations\n\n{needed}\n\n{value}"
