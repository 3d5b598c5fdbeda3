"""What a pipeline gives: the definitions and reports that its steps make. What it gives may narrow, not cease.

Others know what was made by its definition or report, not by the step, so what another step makes is still made.
"""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.definitions import OutputTarget, Pipeline, Step
from jeyn_gen.change.levels import Level
from jeyn_gen.change.pipeline_rules import PipelineChange
from jeyn_gen.change.rule import Breach, Rule, at


def _given(step: Step) -> dict[str, OutputTarget]:
    """What a step gives, by name; a formula's step gives one batch."""
    if step.formula is not None:
        return {"batch": OutputTarget("batch", definition=step.formula)}
    return {output.name: output for output in step.outputs}


def stream(output: OutputTarget) -> str:
    """What others call it: `NAME@MAJOR`, or the name of a report."""
    return output.report or str(output.definition)


def _made(pipeline: Pipeline) -> frozenset[str]:
    return frozenset(stream(output) for step in pipeline.steps for output in _given(step).values())


def _steps_gone(change: PipelineChange) -> Iterator[tuple[Step, list[str]]]:
    """The steps that are gone, each with what is no longer made since."""
    made = _made(change.new)
    for step in change.old.steps:
        if change.new.step(step.name) is None:
            yield step, sorted({stream(output) for output in _given(step).values()} - made)


def _step_removed(change: PipelineChange) -> Iterator[Breach]:
    for step, lost in _steps_gone(change):
        for one in lost:
            message = f"the step `{step.name}` is removed, and nothing makes {one} any more"
            yield Breach(f"steps.{step.name}", message, ("steps", step.name), stream=one)


def _step_added(change: PipelineChange) -> Iterator[Breach]:
    for step in change.new.steps:
        if change.old.step(step.name) is None:
            yield at(f"there is a step `{step.name}`", "steps", step.name)


def _outputs_gone(change: PipelineChange) -> Iterator[tuple[Step, OutputTarget, OutputTarget | None]]:
    """What steps of both versions no longer give under a name, and what stands there instead."""
    for old, new in change.steps():
        if old.formula is None or new.formula is None:
            given = _given(new)
            for name, output in _given(old).items():
                instead = given.get(name)
                if instead is None or stream(instead) != stream(output):
                    yield new, output, instead


def _output(step: Step, name: str) -> tuple[str, ...]:
    return ("steps", step.name, "outputs", name) if step.formula is None else ("steps", step.name, "formula")


def _output_removed(change: PipelineChange) -> Iterator[Breach]:
    made = _made(change.new)
    for step, output, instead in _outputs_gone(change):
        if instead is None and stream(output) not in made:
            message = f"step `{step.name}` no longer gives `{output.name}`, and nothing makes {stream(output)} any more"
            yield at(message, "steps", step.name, "outputs", output.name, stream=stream(output))


def _output_repinned(change: PipelineChange) -> Iterator[Breach]:
    made = _made(change.new)
    for step, output, instead in _outputs_gone(change):
        both_reports = instead is not None and output.report and instead.report
        if instead is not None and not both_reports and stream(output) not in made:
            message = f"`{output.name}` of step `{step.name}` was {stream(output)}, and is {stream(instead)}"
            yield at(message, *_output(step, output.name), stream=stream(output))


def _report_renamed(change: PipelineChange) -> Iterator[Breach]:
    made = _made(change.new)
    for step, output, instead in _outputs_gone(change):
        if instead is not None and output.report and instead.report and output.report not in made:
            message = f"the report {output.report} of step `{step.name}` is called {instead.report} now"
            yield at(message, *_output(step, output.name), stream=output.report)


def _output_added(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        known = _given(old)
        for name, output in _given(new).items():
            if name not in known:
                yield at(f"step `{new.name}` gives `{name}` too: {stream(output)}", *_output(new, name))


def _many_or_one(change: PipelineChange) -> Iterator[Breach]:
    """What a step gives is one for each item, or no longer is: as many more or fewer as anybody reads."""
    for old, new in change.steps():
        if (old.for_each is None) != (new.for_each is None):
            how = "one for each item, and was one" if new.for_each else "one, and was one for each item"
            for output in _given(old).values():
                message = f"`{output.name}` of step `{new.name}` is {how}"
                subject = f"steps.{new.name}.for_each.{output.name}"
                yield Breach(subject, message, ("steps", new.name, "for_each"), stream=stream(output))


def _formula_repinned(change: PipelineChange) -> Iterator[Breach]:
    made = _made(change.new)
    for old, new in change.steps():
        if old.formula and new.formula and old.formula != new.formula and str(old.formula) not in made:
            message = f"step `{new.name}` ran {old.formula}, and runs {new.formula}"
            yield at(message, "steps", new.name, "formula", stream=str(old.formula))


def _made_by_another(change: PipelineChange) -> Iterator[Breach]:
    made = _made(change.new)
    for step, lost in _steps_gone(change):
        if not lost:
            message = f"the step `{step.name}` is removed; what it gave is still made"
            yield at(message, "steps", step.name)
    for step, output, _ in _outputs_gone(change):
        if stream(output) in made:
            message = f"`{output.name}` of step `{step.name}` is no longer {stream(output)}, which is still made"
            yield at(message, *_output(step, output.name))
    for old, new in change.steps():
        if old.formula and new.formula and old.formula != new.formula and str(old.formula) in made:
            message = f"step `{new.name}` runs {new.formula}; {old.formula} is still made"
            yield at(message, "steps", new.name, "formula")


OUTPUT_RULES: tuple[Rule[PipelineChange], ...] = (
    Rule("JYN608", Level.MAJOR, _many_or_one),
    Rule("JYN680", Level.MAJOR, _step_removed),
    Rule("JYN681", Level.MINOR, _step_added),
    Rule("JYN682", Level.MAJOR, _output_removed),
    Rule("JYN683", Level.MAJOR, _output_repinned),
    Rule("JYN684", Level.MINOR, _output_added),
    Rule("JYN685", Level.MAJOR, _report_renamed),
    Rule("JYN688", Level.MAJOR, _formula_repinned),
    Rule("JYN699", Level.MINOR, _made_by_another),
)
