"""Resolving a pipeline: every input to its producer, every edge checked feature by feature."""

from __future__ import annotations

from itertools import islice

from jeyn.model.artefact import BATCH, CHECKPOINT, REPORT
from jeyn.model.definitions import InputSource, ModelRecipe, OutputTarget, Pipeline, PythonRecipe, Step
from jeyn.model.inclusion import gaps, includes
from jeyn.model.names import Pin, class_part
from jeyn.model.plan import Plan, PlannedInput, PlannedOutput, PlannedStep
from jeyn.model.references import StepOutput
from jeyn_gen.load.documents import Document, Place
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.formula_checks import check_function
from jeyn_gen.load.functions import FunctionFinder
from jeyn_gen.load.mending import meant, respelt, rewritten
from jeyn_gen.load.order import ordered
from jeyn_gen.load.pipeline_sources import Sources
from jeyn_gen.load.scope import Scope


class PipelineChecker:
    """Resolves pipelines one by one within a scope."""

    def __init__(self, scope: Scope, finder: FunctionFinder) -> None:
        self._scope = scope
        self._finder = finder

    def plan(self, pipeline: Pipeline) -> Plan | None:
        """The pipeline resolved, or None where some part of it could not be."""
        return _Resolution(self._scope, self._finder, pipeline).plan()


class _Resolution:
    """One pipeline on its way to a plan."""

    def __init__(self, scope: Scope, finder: FunctionFinder, pipeline: Pipeline) -> None:
        self._scope = scope
        self._finder = finder
        self._pipeline = pipeline
        self._document: Document = scope.document(pipeline)
        self._outputs = {step.name: self._outputs_of(step) for step in pipeline.steps}
        self._sources = Sources(scope, pipeline, self._outputs)

    def plan(self) -> Plan | None:
        steps = self._pipeline.steps
        self._check_names()
        planned = {step.name: self._step(step) for step in steps}
        whole = [step for step in planned.values() if step is not None]
        order, cycles = ordered({step.name: step.after for step in whole})
        for cycle in cycles:
            reads = next(step for step in whole if step.name == cycle[0]).inputs
            name = next(one.name for one in reads if isinstance(one.source, StepOutput) and one.source.step == cycle[1])
            place = self._document.at("steps", cycle[0], "inputs", name)
            message = f"`{cycle[0]}` waits for " + ", which waits for ".join(f"`{name}`" for name in cycle[1:])
            self._scope.report(place, "JYN206", message)
        if cycles or len(whole) < len(steps):
            return None
        by_name = {step.name: step for step in whole}
        return Plan(
            name=self._pipeline.name,
            version=self._pipeline.version,
            parameters=self._pipeline.parameters,
            steps=tuple(by_name[name] for name in order),
        )

    def _outputs_of(self, step: Step) -> tuple[PlannedOutput, ...] | None:
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

    def _check_names(self) -> None:
        classes: dict[str, str] = {}
        known = {parameter.name for parameter in self._pipeline.parameters}
        for step in self._pipeline.steps:
            first = classes.setdefault(class_part(step.name), step.name)
            if first != step.name:
                message = f"steps `{first}` and `{step.name}` would have the same class {class_part(first)}Inputs"
                self._scope.report(self._at(step, key=True), "JYN212", message)
            for at, name in enumerate(step.parameters or ()):
                if name not in known:
                    message = f"the pipeline has no parameter `{name}`"
                    edit = respelt(name, known)
                    is_free = edit is not None and edit.new not in (step.parameters or ())
                    place = self._at(step, "parameters", at)
                    hint = suggestion(name, known)
                    self._scope.report(place, "JYN208", message, hint, edit if is_free else None)
            taken = known if step.parameters is None and step.function else set(step.parameters or ())
            for source in step.inputs:
                place = self._at(step, "inputs", source.name, key=True)
                if source.name in taken:
                    self._scope.report(place, "JYN212", f"`{source.name}` is an input and a parameter of `{step.name}`")

    def _step(self, step: Step) -> PlannedStep | None:
        outputs = self._outputs[step.name]
        inputs = self._formula_inputs(step) if step.formula else self._function_inputs(step)
        function = step.function
        if step.formula is None:
            where = ("steps", step.name, "function")
            check_function(self._scope, self._finder, self._document, where, function, 1)
            self._check_outputs(step, outputs or (), inputs or ())
        elif (formula := self._scope.definitions.formulas.get(step.formula)) is not None:
            function = formula.function
        if outputs is None or inputs is None:
            return None
        names = tuple(parameter.name for parameter in self._pipeline.parameters)
        parameters = names if step.parameters is None and step.formula is None else step.parameters or ()
        return PlannedStep(
            name=step.name,
            formula=step.formula,
            function=function,
            inputs=inputs,
            outputs=outputs,
            parameters=tuple(name for name in names if name in parameters),
            code=step.code,
            cache=step.cache,
            retries=step.retries,
            resources=step.resources,
            secrets=step.secrets,
        )

    def _function_inputs(self, step: Step) -> tuple[PlannedInput, ...] | None:
        found = [self._input(step, source) for source in step.inputs]
        return tuple(one for one in found if one is not None) if all(found) else None

    def _input(self, step: Step, source: InputSource) -> PlannedInput | None:
        place = self._at(step, "inputs", source.name)
        given = self._sources.stated(step, source.source, place)
        if given is None:
            return None
        produced, resolved = given
        catalog = None
        if produced.kind == BATCH and produced.definition is not None:
            own = self._scope.catalog_of(produced.definition)
            catalog = own.pin if own else None
            if source.catalog is not None:
                wanted = self._scope.catalog(source.catalog, self._at(step, "inputs", source.name, "catalog"))
                catalog = source.catalog
                if own and wanted:
                    edge = f"{source.source} into `{step.name}`"
                    self._scope.check_inclusion(own, wanted, place, "JYN301", edge)
            if catalog is None:
                return None
        elif source.catalog is not None:
            self._scope.report(place, "JYN209", f"{source.source} is a {produced.kind}, which has no catalog")
        return PlannedInput(source.name, produced.kind, resolved, produced.definition, catalog, produced.report)

    def _formula_inputs(self, step: Step) -> tuple[PlannedInput, ...] | None:
        """The recipe's inputs: from where the step says, else from the one step that makes them, else the latest."""
        assert step.formula is not None
        formula = self._scope.definitions.formulas.get(step.formula)
        if formula is None:
            return None
        stated = {source.name: source for source in step.inputs}
        for name, source in stated.items():
            if name not in dict(formula.inputs):
                place = self._at(step, "inputs", name, key=True)
                hint, edit = suggestion(name, dict(formula.inputs)), respelt(name, dict(formula.inputs))
                is_free = edit is not None and edit.new not in stated
                message = f"{formula.pin} has no input `{name}`"
                self._scope.report(place, "JYN210", message, hint, edit if is_free else None)
            elif source.catalog is not None:
                place = self._at(step, "inputs", name)
                self._scope.report(
                    place, "JYN210", f"`{name}` is read as the recipe of {formula.pin} says", "give only its source"
                )
        found = [
            self._recipe_input(step, name, pin, stated.get(name), isinstance(formula.recipe, ModelRecipe))
            for name, pin in formula.inputs
        ]
        return tuple(one for one in found if one is not None) if all(found) else None

    def _recipe_input(
        self, step: Step, name: str, pin: Pin, stated: InputSource | None, is_model: bool
    ) -> PlannedInput | None:
        kind = CHECKPOINT if is_model and name == CHECKPOINT else BATCH
        place = self._at(step, "inputs", name)
        if stated is None:
            source = self._sources.implied(step, name, pin, place)
            if source is None:
                return None
            expected = self._scope.catalog_of(pin)
            return PlannedInput(name, kind, source, pin, expected.pin if expected and kind == BATCH else None)
        given = self._sources.stated(step, stated.source, place)
        if given is None:
            return None
        produced, resolved = given
        if produced.kind != kind:
            message = f"{stated.source} is a {produced.kind}, but the input `{name}` is a {kind}"
            self._scope.report(place, "JYN209", message)
            return None
        if kind == CHECKPOINT:
            if produced.definition != pin:
                message = f"{stated.source} is a checkpoint of {produced.definition}; the recipe takes {pin}"
                self._scope.report(place, "JYN302", message)
            return PlannedInput(name, kind, resolved, produced.definition)
        assert produced.definition is not None
        own, wanted = self._scope.catalog_of(produced.definition), self._scope.catalog_of(pin)
        if own is None or wanted is None:
            return None
        self._scope.check_inclusion(own, wanted, place, "JYN301", f"{stated.source} into `{step.name}`")
        return PlannedInput(name, kind, resolved, produced.definition, wanted.pin)

    def _check_outputs(self, step: Step, outputs: tuple[PlannedOutput, ...], inputs: tuple[PlannedInput, ...]) -> None:
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
