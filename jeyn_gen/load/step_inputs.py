"""What the steps of a pipeline read: every input to its producer, every edge checked feature by feature."""

from __future__ import annotations

from jeyn.model.artefact import BATCH, CHECKPOINT
from jeyn.model.definitions import InputSource, ModelRecipe, Pipeline, Step
from jeyn.model.names import Pin
from jeyn.model.plan import PlannedInput
from jeyn_gen.load.documents import Place
from jeyn_gen.load.fan_out_checks import FanOutChecker
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.mending import respelt
from jeyn_gen.load.pipeline_sources import Sources
from jeyn_gen.load.scope import Scope


class InputChecker:
    """Resolves the inputs of one pipeline's steps."""

    def __init__(self, scope: Scope, pipeline: Pipeline, sources: Sources, fan_out: FanOutChecker) -> None:
        self._scope = scope
        self._document = scope.document(pipeline)
        self._sources = sources
        self._fan_out = fan_out

    def inputs(self, step: Step) -> tuple[PlannedInput, ...] | None:
        """What a step reads, or None where some of it cannot be known."""
        return self._formula_inputs(step) if step.formula else self._function_inputs(step)

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
        is_many = self._fan_out.is_many(resolved)
        return PlannedInput(
            source.name, produced.kind, resolved, produced.definition, catalog, produced.report, is_many
        )

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
            if source is None or not self._fan_out.is_one(source, place, f"the recipe reads one `{name}`"):
                return None
            expected = self._scope.catalog_of(pin)
            return PlannedInput(name, kind, source, pin, expected.pin if expected and kind == BATCH else None)
        given = self._sources.stated(step, stated.source, place)
        if given is None:
            return None
        produced, resolved = given
        if not self._fan_out.is_one(resolved, place, f"the recipe reads one `{name}`"):
            return None
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

    def _at(self, step: Step, *keys: str | int, key: bool = False) -> Place:
        return self._document.at("steps", step.name, *keys, key=key)
