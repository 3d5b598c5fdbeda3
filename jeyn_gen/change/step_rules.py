"""How the steps of a pipeline work: what they run, read, are told and are given to run with."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.definitions import InputSource, Step
from jeyn.model.running import Condition
from jeyn_gen.change.formula_rules import is_moved
from jeyn_gen.change.levels import Level
from jeyn_gen.change.pipeline_rules import PipelineChange
from jeyn_gen.change.rule import Breach, Rule, at
from jeyn_gen.load.placement import KEYS

_HOW = ("parameters", "code", "cache", "retries", "backoff", "timeout", "resources", "for_each", "when")
# Where a document writes what has no key of its own there.
_WRITTEN = {"backoff": "retries"}


def _function_replaced(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        was, now = _runs(old), _runs(new)
        if was != now and (old.formula is None or new.formula is None) and not is_moved(was, now):
            key = "function" if new.formula is None else "formula"
            yield at(f"step `{new.name}` ran {was}, and runs {now}", "steps", new.name, key)


def _function_moved(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        if old.function and is_moved(old.function, new.function):
            message = f"the function of step `{new.name}` is moved from {old.function} to {new.function}"
            yield at(message, "steps", new.name, "function")


def _runs(step: Step) -> str:
    return step.function or f"the formula {step.formula}"


def _inputs(change: PipelineChange) -> Iterator[tuple[Step, dict[str, InputSource], dict[str, InputSource]]]:
    for old, new in change.steps():
        yield new, {one.name: one for one in old.inputs}, {one.name: one for one in new.inputs}


def _source(change: PipelineChange) -> Iterator[Breach]:
    for step, old, new in _inputs(change):
        for name in [name for name in new if name in old and old[name].source != new[name].source]:
            message = f"`{name}` of step `{step.name}` came from {old[name].source}, and comes from {new[name].source}"
            yield at(message, "steps", step.name, "inputs", name)


def _catalog(change: PipelineChange) -> Iterator[Breach]:
    for step, old, new in _inputs(change):
        for name in [name for name in new if name in old and old[name].catalog != new[name].catalog]:
            was, now = (one[name].catalog or "its own catalog" for one in (old, new))
            message = f"`{name}` of step `{step.name}` was read as {was}, and is read as {now}"
            yield at(message, "steps", step.name, "inputs", name)


def _input_added(change: PipelineChange) -> Iterator[Breach]:
    for step, old, new in _inputs(change):
        for name in [name for name in new if name not in old]:
            message = f"step `{step.name}` is told where `{name}` comes from: {new[name].source}"
            yield at(message, "steps", step.name, "inputs", name)


def _input_removed(change: PipelineChange) -> Iterator[Breach]:
    for step, old, new in _inputs(change):
        for name in [name for name in old if name not in new]:
            message = f"step `{step.name}` no longer reads `{name}` from {old[name].source}"
            yield at(message, "steps", step.name, "inputs", name)


def _secret_needed(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        known = dict(old.secrets)
        for name, key in new.secrets:
            if known.get(name) != key:
                message = f"step `{new.name}` needs the secret {key} as `{name}`"
                yield at(message, "steps", new.name, "secrets", name)


def _secret_not_needed(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        for name in [name for name, _ in old.secrets if name not in dict(new.secrets)]:
            message = f"step `{new.name}` no longer needs the secret `{name}`"
            yield at(message, "steps", new.name, "secrets", name)


def _left_out(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        known = {str(one) for one in old.when}
        for condition in _narrowed(old, new):
            message = f"step `{new.name}` is run only where `{condition}` holds"
            message += ", which asks for other or for more than it did" if str(condition) in known else ""
            yield at(message, "steps", new.name, "when", str(condition))


def _narrowed(old: Step, new: Step) -> list[Condition]:
    """The conditions under which a step is left out where it was run."""
    known = {str(one): one for one in old.when}
    return [one for one in new.when if not (str(one) in known and _admits(one, known[str(one)]))]


def _admits(wide: Condition, narrow: Condition) -> bool:
    """Whether a condition holds wherever another one of the same value does, as far as that is simple to tell."""
    if wide.equals is not None or narrow.equals is not None:
        return wide.equals == narrow.equals
    low, high = narrow.minimum, narrow.maximum
    return (wide.minimum is None or (low is not None and low >= wide.minimum)) and (
        wide.maximum is None or (high is not None and high <= wide.maximum)
    )


def _how_it_runs(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        changed = [key for key in _HOW if getattr(old, key) != getattr(new, key)]
        if _narrowed(old, new):
            changed.remove("when")  # which says more by itself
        for key in dict.fromkeys(_WRITTEN.get(key, key) for key in changed):
            yield at(f"`{key}` of step `{new.name}` is another", "steps", new.name, key)
        for key in KEYS:
            if getattr(old.placement, key) != getattr(new.placement, key):
                yield at(f"`{key}` of step `{new.name}` is another", "steps", new.name, key)


def _listed_otherwise(change: PipelineChange) -> Iterator[Breach]:
    for old, new in change.steps():
        for key in ("inputs", "outputs", "secrets"):
            was, now = ([_name(one) for one in getattr(step, key)] for step in (old, new))
            if [name for name in was if name in now] != [name for name in now if name in was]:
                message = f"what stands in `{key}` of step `{new.name}` stands in another order"
                yield at(message, "steps", new.name, key)


def _name(one: object) -> str:
    return str(one[0]) if isinstance(one, tuple) else str(one.name)  # type: ignore[attr-defined]  # inputs and outputs have one


STEP_RULES: tuple[Rule[PipelineChange], ...] = (
    Rule("JYN686", Level.MINOR, _function_replaced),
    Rule("JYN687", Level.MINOR, _function_moved),
    Rule("JYN689", Level.MINOR, _source),
    Rule("JYN690", Level.MINOR, _catalog),
    Rule("JYN691", Level.MINOR, _input_added),
    Rule("JYN692", Level.MINOR, _input_removed),
    Rule("JYN693", Level.MINOR, _secret_needed),
    Rule("JYN694", Level.PATCH, _secret_not_needed),
    Rule("JYN698", Level.PATCH, _how_it_runs),
    Rule("JYN902", Level.MINOR, _left_out),
    Rule("JYN607", Level.PATCH, _listed_otherwise),
)
