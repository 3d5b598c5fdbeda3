"""What the steps of a pipeline give: each output to its definition, and whether it can be made as that says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from jeyn.model.artefact import BATCH, CHECKPOINT, REPORT
from jeyn.model.definitions import OutputTarget, Pipeline, PythonRecipe, Step
from jeyn.model.inclusion import gaps, includes
from jeyn.model.names import Pin
from jeyn.model.plan import PlannedInput, PlannedOutput
from jeyn_gen.load.documents import Place
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.mending import meant, rewritten
from jeyn_gen.load.scope import Scope


class OutputChecker:
    """Resolves the outputs of one pipeline's steps."""

    def __init__(self, scope: Scope, pipeline: Pipeline) -> None:
        self._scope = scope
        self._document = scope.document(pipeline)

    def outputs(self, step: Step) -> tuple[PlannedOutput, ...] | None:
        """What a step gives, or None where that cannot be known."""
        if step.formula is not None:
            formula = self._scope.formula(step.formula, self._at(step, "formula"))
            return (PlannedOutput(BATCH, BATCH, definition=step.formula),) if formula else None
        found = [self._output(step, output) for output in step.outputs]
        return tuple(output for output in found if output is not None) if all(found) else None

    def _output(self, step: Step, output: OutputTarget) -> PlannedOutput | None:
        if output.report:
            return PlannedOutput(output.name, REPORT, report=output.report)
        pin, place = output.definition, self._at(step, "outputs", output.name)
        if pin in self._scope.definitions.use_cases:
            return PlannedOutput(output.name, CHECKPOINT, definition=pin)
        if pin in self._scope.definitions.formulas:
            return PlannedOutput(output.name, BATCH, definition=pin)
        assert pin is not None, "an output without a report has a definition"
        if not self._scope.is_claimed("MLUseCase", pin) and not self._scope.is_claimed("DatasetFormula", pin):
            definitions = self._scope.definitions
            known = [*definitions.use_cases, *definitions.formulas]
            message = f"there is no MLUseCase or DatasetFormula {pin}"
            near = self._scope.nearest_name(pin.name, known, ("MLUseCase", "DatasetFormula"))
            edit = rewritten(str(pin), f"{near}@{pin.line}") if Pin(near, pin.line) in known else None
            fix = meant(edit) or suggestion(str(pin), map(str, known))
            if pin in definitions.catalogs:
                fix = f"{pin} is a DataCatalog; name a formula whose batches conform to it"
            self._scope.report(place, "JYN201", message, fix, edit)
        return None

    def check(self, step: Step, outputs: Sequence[PlannedOutput], inputs: Sequence[PlannedInput]) -> None:
        """A checkpoint is trained on what its use case takes; a batch is made as its formula's recipe says."""
        definitions = self._scope.definitions
        batches = [
            definitions.catalogs[one.catalog] for one in inputs if one.catalog and one.catalog in definitions.catalogs
        ]
        for output in outputs:
            place = self._at(step, "outputs", output.name)
            use_case = definitions.use_cases.get(output.definition) if output.definition else None
            wanted = definitions.catalogs.get(use_case.inputs) if use_case else None
            if wanted is not None and batches and not any(includes(batch, wanted) for batch in batches):
                reasons = {
                    f"{batch.pin}, in which `{feature}` {reason}"
                    for batch in batches
                    for feature, reason in islice(gaps(batch, wanted), 1)
                }
                names = ", and on ".join(sorted(reasons))
                message = f"{output.definition} takes {wanted.pin}, but `{step.name}` is trained on {names}"
                self._scope.report(place, "JYN303", message)
            formula = definitions.formulas.get(output.definition) if output.definition else None
            if formula is not None:
                recipe = formula.recipe
                if not isinstance(recipe, PythonRecipe) or recipe.function != step.function:
                    message = (
                        f"the recipe of {formula.pin} does not name the function of `{step.name}`, {step.function}"
                    )
                    self._scope.report(place, "JYN501", message)

    def _at(self, step: Step, *keys: str | int, key: bool = False) -> Place:
        return self._document.at("steps", step.name, *keys, key=key)
