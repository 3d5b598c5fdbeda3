"""Resolving a pipeline: each of its steps, and an order in which they can run."""

from __future__ import annotations

from collections.abc import Sequence

from jeyn.model.definitions import Pipeline, Step
from jeyn.model.names import class_part
from jeyn.model.plan import Plan, PlannedStep
from jeyn.model.references import Recorded, StepOutput
from jeyn_gen.load.documents import Document, Place
from jeyn_gen.load.fan_out_checks import FanOutChecker
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.formula_checks import check_function
from jeyn_gen.load.functions import FunctionFinder
from jeyn_gen.load.mending import respelt
from jeyn_gen.load.order import ordered
from jeyn_gen.load.pipeline_sources import Sources
from jeyn_gen.load.scope import Scope
from jeyn_gen.load.step_inputs import InputChecker
from jeyn_gen.load.step_outputs import OutputChecker


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
        self._output_checker = OutputChecker(scope, pipeline)
        self._outputs = {step.name: self._output_checker.outputs(step) for step in pipeline.steps}
        sources = Sources(scope, pipeline, self._outputs)
        self._fan_out = FanOutChecker(scope, pipeline, sources)
        self._input_checker = InputChecker(scope, pipeline, sources, self._fan_out)

    def plan(self) -> Plan | None:
        steps = self._pipeline.steps
        self._check_names()
        planned = {step.name: self._step(step) for step in steps}
        whole = {step.name: step for step in planned.values() if step is not None}
        order, cycles = ordered({name: step.after for name, step in whole.items()})
        for cycle in cycles:
            self._report_cycle(whole[cycle[0]], cycle)
        if cycles or len(whole) < len(steps):
            return None
        return Plan(
            name=self._pipeline.name,
            version=self._pipeline.version,
            parameters=self._pipeline.parameters,
            steps=tuple(whole[name] for name in order),
        )

    def _report_cycle(self, step: PlannedStep, cycle: Sequence[str]) -> None:
        """At what `step` waits for, of which it is itself a need."""
        waits: list[tuple[tuple[str, ...], StepOutput | Recorded]]
        waits = [(("inputs", one.name), one.source) for one in step.inputs]
        waits += [(("for_each",), step.for_each.source)] if step.for_each and step.for_each.source else []
        waits += [(("when", str(one)), one.source) for one in step.when if one.source]
        keys = next(keys for keys, source in waits if isinstance(source, StepOutput) and source.step == cycle[1])
        message = f"`{cycle[0]}` waits for " + ", which waits for ".join(f"`{name}`" for name in cycle[1:])
        self._scope.report(self._document.at("steps", step.name, *keys, key=keys[0] == "when"), "JYN206", message)

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
        outputs, inputs = self._outputs[step.name], self._input_checker.inputs(step)
        function = step.function
        if step.formula is None:
            where = ("steps", step.name, "function")
            check_function(self._scope, self._finder, self._document, where, function, 1)
            self._output_checker.check(step, outputs or (), inputs or ())
        elif (formula := self._scope.definitions.formulas.get(step.formula)) is not None:
            function = formula.function
        fanned = self._fan_out.check(step)
        if outputs is None or inputs is None or fanned is None:
            return None
        return PlannedStep(
            name=step.name,
            formula=step.formula,
            function=function,
            inputs=inputs,
            outputs=outputs,
            parameters=self._parameters(step),
            code=step.code,
            cache=step.cache,
            retries=step.retries,
            resources=step.resources,
            secrets=step.secrets,
            for_each=fanned[0],
            when=fanned[1],
            backoff=step.backoff,
            timeout=step.timeout,
            placement=step.placement,
        )

    def _parameters(self, step: Step) -> tuple[str, ...]:
        """The parameters that a step takes, in the order of the pipeline; without a list, its function takes all."""
        names = tuple(parameter.name for parameter in self._pipeline.parameters)
        taken = names if step.parameters is None and step.formula is None else step.parameters or ()
        return tuple(name for name in names if name in taken)

    def _at(self, step: Step, *keys: str | int, key: bool = False) -> Place:
        return self._document.at("steps", step.name, *keys, key=key)
