"""What a pipeline takes and when it runs: its parameters and its schedule. What it takes may widen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from jeyn.model.constraints import shown
from jeyn.model.definitions import Parameter, Pipeline, Step
from jeyn.model.inclusion import feature_gaps
from jeyn.model.types import Feature
from jeyn_gen.change.levels import Level
from jeyn_gen.change.rule import Breach, Rule, at


@dataclass(frozen=True, slots=True)
class PipelineChange:
    """Two versions of a pipeline."""

    old: Pipeline
    new: Pipeline

    def parameters(self) -> Iterator[tuple[Parameter, Parameter]]:
        """The parameters of both, of one type still, that differ."""
        for old, new in _common(self):
            if old != new and old.type == new.type:
                yield old, new

    def steps(self) -> Iterator[tuple[Step, Step]]:
        """The steps of both that differ."""
        for new in self.new.steps:
            old = self.old.step(new.name)
            if old is not None and old != new:
                yield old, new


def _common(change: PipelineChange) -> Iterator[tuple[Parameter, Parameter]]:
    old = {one.name: one for one in change.old.parameters}
    yield from ((old[new.name], new) for new in change.new.parameters if new.name in old)


def _gone_and_come(change: PipelineChange) -> tuple[list[Parameter], list[Parameter], dict[str, str]]:
    """Parameters that only one version has, and of these the renamed ones: new name to old.

    A parameter is renamed if all but its name is alike, and only one of either side can be meant.
    """
    old, new = ({one.name for one in version.parameters} for version in (change.old, change.new))
    gone = [one for one in change.old.parameters if one.name not in new]
    come = [one for one in change.new.parameters if one.name not in old]
    renamed: dict[str, str] = {}
    for one in come:
        was = [other for other in gone if _unnamed(other) == _unnamed(one)]
        if len(was) == 1 and sum(_unnamed(other) == _unnamed(one) for other in come) == 1:
            renamed[one.name] = was[0].name
    return (
        [one for one in gone if one.name not in renamed.values()],
        [one for one in come if one.name not in renamed],
        renamed,
    )


def _unnamed(parameter: Parameter) -> Parameter:
    return replace(parameter, name="", description="")


def _must_be_given(parameter: Parameter) -> bool:
    return parameter.default is None and not parameter.constraints.nullable


def _removed(change: PipelineChange) -> Iterator[Breach]:
    for one in _gone_and_come(change)[0]:
        yield at(f"the parameter `{one.name}` is removed", "parameters", one.name)


def _renamed(change: PipelineChange) -> Iterator[Breach]:
    for name, was in _gone_and_come(change)[2].items():
        yield at(f"the parameter `{name}` was `{was}`", "parameters", name)


def _added(change: PipelineChange, *, required: bool) -> Iterator[Breach]:
    for one in _gone_and_come(change)[1]:
        if _must_be_given(one) is required:
            what = "without a default" if required else "which need not be given"
            yield at(f"there is a parameter `{one.name}` {what}", "parameters", one.name)


def _required_added(change: PipelineChange) -> Iterator[Breach]:
    yield from _added(change, required=True)


def _optional_added(change: PipelineChange) -> Iterator[Breach]:
    yield from _added(change, required=False)


def _retyped(change: PipelineChange) -> Iterator[Breach]:
    for old, new in _common(change):
        if old.type != new.type:
            yield at(f"the parameter `{new.name}` was {old.type}, and is {new.type}", "parameters", new.name, "dtype")


def _value(parameter: Parameter) -> Feature:
    """The parameter's values as those of a feature, to ask whether one includes the other."""
    return Feature(parameter.name, parameter.type, parameter.constraints)


def _narrowed(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.parameters():
        reasons = list(feature_gaps(_value(old), _value(new)))
        if reasons:
            message = f"the parameter `{new.name}` takes less: what was given {' and '.join(reasons)}"
            yield at(message, "parameters", new.name)


def _widened(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.parameters():
        reasons = list(feature_gaps(_value(new), _value(old)))
        if reasons:
            message = f"the parameter `{new.name}` takes more: what is given {' and '.join(reasons)}"
            yield at(message, "parameters", new.name)


def _default_removed(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.parameters():
        if _must_be_given(new) and not _must_be_given(old):
            yield at(f"the parameter `{new.name}` has no default any more", "parameters", new.name)


def _default_changed(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.parameters():
        if not _must_be_given(new) and (_must_be_given(old) or repr(old.default) != repr(new.default)):
            was = "was none" if _must_be_given(old) else f"was {_shown(old)}"
            yield at(f"the default of `{new.name}` {was}, and is {_shown(new)}", "parameters", new.name, "default")


def _shown(parameter: Parameter) -> str:
    return "null" if parameter.default is None else shown(parameter.default)


def _spelled_otherwise(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.parameters():
        values = _value(old), _value(new)
        if old.constraints != new.constraints and not any(
            reason for one, other in (values, values[::-1]) for reason in feature_gaps(one, other)
        ):
            message = f"the constraints of `{new.name}` are spelled otherwise, and allow the same values"
            yield at(message, "parameters", new.name)


def _listed_otherwise(change: PipelineChange) -> Iterator[Breach]:
    for key in ("parameters", "steps"):
        old, new = ([one.name for one in getattr(version, key)] for version in (change.old, change.new))
        if [name for name in old if name in new] != [name for name in new if name in old]:
            yield at(f"what stands in `{key}` stands in another order", key)


def _schedule_added(change: PipelineChange) -> Iterator[Breach]:
    if change.old.schedule is None and change.new.schedule is not None:
        yield at(f"it runs by itself now: {change.new.schedule.cron}", "schedule")


def _schedule_changed(change: PipelineChange) -> Iterator[Breach]:
    old, new = change.old.schedule, change.new.schedule
    if old is not None and new is not None and old != new:
        message = f"it ran at {old.cron} ({old.timezone}), and runs at {new.cron} ({new.timezone})"
        if (old.cron, old.timezone) == (new.cron, new.timezone):
            message = "starts that are missed, or come while a run goes on, are treated otherwise"
        yield at(message, "schedule")


def _schedule_removed(change: PipelineChange) -> Iterator[Breach]:
    if change.old.schedule is not None and change.new.schedule is None:
        yield at("it no longer runs by itself", "schedule")


def _started_otherwise(change: PipelineChange) -> Iterator[Breach]:
    old, new = change.old, change.new
    if (old.on_merge, old.on_new_batch) != (new.on_merge, new.on_new_batch):
        yield at("what else starts it is another", "on")
    if old.concurrency != new.concurrency:
        counts = [str(one.concurrency or "any number") for one in (old, new)]
        yield at(f"it had {counts[0]} of its runs at once, and has {counts[1]}", "concurrency")


PARAMETER_RULES: tuple[Rule[PipelineChange], ...] = (
    Rule("JYN671", Level.MAJOR, _removed),
    Rule("JYN672", Level.MAJOR, _renamed),
    Rule("JYN673", Level.MAJOR, _retyped),
    Rule("JYN674", Level.MAJOR, _narrowed),
    Rule("JYN675", Level.MINOR, _widened),
    Rule("JYN676", Level.MAJOR, _required_added),
    Rule("JYN677", Level.MINOR, _optional_added),
    Rule("JYN678", Level.MAJOR, _default_removed),
    Rule("JYN679", Level.MINOR, _default_changed),
    Rule("JYN609", Level.PATCH, _started_otherwise),
    Rule("JYN695", Level.PATCH, _schedule_added),
    Rule("JYN696", Level.PATCH, _schedule_changed),
    Rule("JYN697", Level.PATCH, _schedule_removed),
    Rule("JYN607", Level.PATCH, _spelled_otherwise),
    Rule("JYN607", Level.PATCH, _listed_otherwise),
)
