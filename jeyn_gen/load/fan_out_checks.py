"""What steps are run for, and under which conditions: each source to the one thing that is given there."""

from __future__ import annotations

from dataclasses import replace

from jeyn.model.artefact import BATCH, REPORT
from jeyn.model.definitions import Pipeline, Step
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Condition, ForEach
from jeyn_gen.load.documents import Place
from jeyn_gen.load.pipeline_sources import Sources
from jeyn_gen.load.scope import Scope


class FanOutChecker:
    """Resolves `for_each` and `when` of one pipeline's steps."""

    def __init__(self, scope: Scope, pipeline: Pipeline, sources: Sources) -> None:
        self._scope = scope
        self._pipeline = pipeline
        self._document = scope.document(pipeline)
        self._sources = sources

    def is_many(self, source: StepOutput | Recorded) -> bool:
        """Whether a source is a step with `for_each`, which gives one of each output for every item."""
        step = self._pipeline.step(source.step) if isinstance(source, StepOutput) else None
        return step is not None and step.for_each is not None

    def is_one(self, source: StepOutput | Recorded, place: Place, why: str) -> bool:
        """Whether a source gives one artefact; where it gives many, that is reported, with why one is needed."""
        if not self.is_many(source):
            return True
        message = f"{source} is one for each item; {why}"
        fix = "read them in a step with a function of its own, and go on from what that gives"
        self._scope.report(place, "JYN213", message, fix)
        return False

    def check(self, step: Step) -> tuple[ForEach | None, tuple[Condition, ...]] | None:
        """A step's items and conditions with nothing left implied, or None where that cannot be known."""
        items = self._items(step, step.for_each) if step.for_each is not None else None
        conditions = [self._condition(step, one) for one in step.when]
        known = tuple(one for one in conditions if one is not None)
        if (items is None) != (step.for_each is None) or len(known) < len(conditions):
            return None
        return items, known

    def _items(self, step: Step, stated: ForEach) -> ForEach | None:
        if stated.source is None:
            return stated
        place = self._at(step, "for_each")
        given = self._sources.stated(step, stated.source, place)
        if given is None or not self.is_one(given[1], place, f"one report lists the items of `{step.name}`"):
            return None
        produced, source = given
        if produced.kind != REPORT:
            message = f"{source} is a {produced.kind}; the items of `{step.name}` are listed by a report"
            self._scope.report(place, "JYN209", message, "name a report that holds a JSON list of mappings")
            return None
        assert isinstance(source, StepOutput), "a step's output stays one"
        return replace(stated, source=source)

    def _condition(self, step: Step, stated: Condition) -> Condition | None:
        if stated.source is None:
            return stated
        place = self._at(step, "when", str(stated), key=True)
        given = self._sources.stated(step, stated.source, place, within=f".{stated.metric}")
        if given is None or not self.is_one(given[1], place, f"`{step.name}` asks for a metric of one"):
            return None
        if given[0].kind == BATCH:
            message = f"{stated.source} is a batch, which has no metrics"
            self._scope.report(place, "JYN209", message, "name a checkpoint or a report")
            return None
        return stated

    def _at(self, step: Step, *keys: str | int, key: bool = False) -> Place:
        return self._document.at("steps", step.name, *keys, key=key)
