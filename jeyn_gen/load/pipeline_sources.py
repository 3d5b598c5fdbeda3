"""Where the inputs of steps come from: each source to what is given there, with nothing left implied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jeyn.model.artefact import BATCH, REPORT
from jeyn.model.definitions import Pipeline, Step
from jeyn.model.names import Pin
from jeyn.model.plan import PlannedOutput
from jeyn.model.references import LATEST, Recorded, StepOutput
from jeyn.model.spelling import surely
from jeyn_gen.load.documents import Place
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.mending import meant, respelt, rewritten
from jeyn_gen.load.scope import Scope


class Sources:
    """The sources that inputs of one pipeline can have. `outputs`: what its steps give, None where that is unknown."""

    def __init__(self, scope: Scope, pipeline: Pipeline, outputs: Mapping[str, Sequence[PlannedOutput] | None]) -> None:
        self._scope = scope
        self._pipeline = pipeline
        self._outputs = outputs

    def implied(self, step: Step, name: str, pin: Pin, place: Place) -> StepOutput | Recorded | None:
        """The source of a recipe's input that the step does not state: the one step that makes it, else the latest."""
        makers = [
            StepOutput(other.name, output.name)
            for other in self._pipeline.steps
            if other is not step
            for output in self._outputs[other.name] or ()
            if output.definition == pin
        ]
        if len(makers) > 1:
            names = ", ".join(map(str, makers))
            message = f"{pin} is made by {names}; `{step.name}` must say which it reads"
            self._scope.report(
                place, "JYN210", message, f"write {name}: {makers[0].step} below `inputs`, or another of them"
            )
            return None
        return makers[0] if makers else Recorded(pin.name, LATEST, pin.line)

    def stated(
        self, step: Step, source: StepOutput | Recorded, place: Place, *, within: str = ""
    ) -> tuple[PlannedOutput, StepOutput | Recorded] | None:
        """What a source gives, and the source with nothing left implied. `within`: what else the scalar holds after."""
        if isinstance(source, Recorded):
            return self._recorded(source, place)
        if self._pipeline.step(source.step) is None:
            names = [other.name for other in self._pipeline.steps if other is not step]
            after = str(source).removeprefix(source.step) + within
            edit = None if surely(source.step, [step.name]) else respelt(source.step, names, after=after)
            hint = suggestion(source.step, names)
            self._scope.report(place, "JYN204", f"there is no step `{source.step}`", hint, edit)
            return None
        outputs = self._outputs[source.step]
        if outputs is None:
            return None
        fitting = [output for output in outputs if source.output in ("", output.name)]
        if len(fitting) == 1:
            return fitting[0], StepOutput(source.step, fitting[0].name)
        names = [output.name for output in outputs]
        if not names:
            self._scope.report(place, "JYN205", f"step `{source.step}` has no outputs")
        elif source.output:
            message = f"step `{source.step}` has no output `{source.output}`; it has {', '.join(names)}"
            edit = respelt(source.output, names, before=f"{source.step}.", after=within)
            self._scope.report(place, "JYN205", message, suggestion(source.output, names), edit)
        else:
            forms = ", ".join(f"{source.step}.{name}" for name in names)
            self._scope.report(place, "JYN205", f"step `{source.step}` has several outputs", f"write one of {forms}")
        return None

    def _recorded(self, source: Recorded, place: Place) -> tuple[PlannedOutput, Recorded] | None:
        found = self._scope.recorded.get(source.name, ())
        fitting = [(kind, pin) for kind, pin in found if source.line in ("", pin.line)]
        if len(fitting) > 1:
            forms = ", ".join(sorted(f"{pin}#{source.which}" for _, pin in fitting))
            self._scope.report(place, "JYN211", f"{source.name} has several majors", f"write one of {forms}")
            return None
        if not fitting:
            if source.name in self._scope.reports and not source.line:
                if self._is_stage(source, REPORT, place):
                    return None
                return PlannedOutput(source.name, REPORT, report=source.name), source
            self._report_unknown(source, place)
            return None
        kind, pin = fitting[0]
        if kind == BATCH and self._is_stage(source, BATCH, place):
            return None
        return PlannedOutput(source.name, kind, definition=pin), Recorded(pin.name, source.which, pin.line)

    def _is_stage(self, source: Recorded, kind: str, place: Place) -> bool:
        """Whether the source names a stage, which is reported: only checkpoints are promoted to one."""
        if source.number is not None or source.which == LATEST:
            return False
        message = f"{source} names a stage; only checkpoints have stages, and {source.name} is a {kind}"
        self._scope.report(place, "JYN209", message, f"write {str(source).partition('#')[0]}#latest or #NUMBER")
        return True

    def _report_unknown(self, source: Recorded, place: Place) -> None:
        pin = Pin(source.name, source.line)
        known = [*self._scope.definitions.formulas, *self._scope.definitions.use_cases]
        if any(self._scope.is_claimed(kind, pin) for kind in ("DatasetFormula", "MLUseCase")):
            return
        wanted = str(source.pin or source.name)
        message = f"there is no formula, use case or report {wanted}"
        near = self._scope.nearest_name(source.name, known, ("DatasetFormula", "MLUseCase"))
        fitting = [one for one in known if one.name == near and source.line in ("", one.line)]
        is_certain = len(fitting) == 1 and not surely(source.name, self._scope.reports)
        edit = rewritten(str(source), str(Recorded(near, source.which, source.line))) if is_certain else None
        fix = meant(edit) or suggestion(wanted, map(str, known))
        self._scope.report(place, "JYN201", message, fix, edit)
