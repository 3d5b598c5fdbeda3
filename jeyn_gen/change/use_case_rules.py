"""How checkpoints are used: what they take and give, how they are kept, and what opens the gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jeyn.model.definitions import DataCatalog, Gate, MLUseCase
from jeyn.model.inclusion import includes
from jeyn.model.names import Pin
from jeyn_gen.change.levels import Level
from jeyn_gen.change.rule import Breach, Rule, at


@dataclass(frozen=True, slots=True)
class UseCaseChange:
    """Two versions of a use case, each with the catalogs of its time."""

    old: MLUseCase
    new: MLUseCase
    old_catalogs: Mapping[Pin, DataCatalog]
    new_catalogs: Mapping[Pin, DataCatalog]

    @property
    def gives_no_less(self) -> bool:
        """Whether what checkpoints of the new version give can be read as what those of the old one gave."""
        old, new = self.old_catalogs.get(self.old.outputs), self.new_catalogs.get(self.new.outputs)
        return old is not None and new is not None and includes(new, old)

    def gates(self) -> Iterator[tuple[Gate, Gate]]:
        """The metrics that both have a gate on, where the gates differ."""
        old = {gate.metric: gate for gate in self.old.metrics}
        for gate in self.new.metrics:
            if gate.metric in old and old[gate.metric] != gate:
                yield old[gate.metric], gate


def _inputs(change: UseCaseChange) -> Iterator[Breach]:
    if change.old.inputs != change.new.inputs:
        yield at(f"its checkpoints took {change.old.inputs}, and take {change.new.inputs}", "inputs")


def _outputs(change: UseCaseChange, *, extended: bool) -> Iterator[Breach]:
    if change.old.outputs != change.new.outputs and change.gives_no_less is extended:
        tail = ", which only adds to it" if extended else ""
        yield at(f"its checkpoints gave {change.old.outputs}, and give {change.new.outputs}{tail}", "outputs")


def _outputs_changed(change: UseCaseChange) -> Iterator[Breach]:
    yield from _outputs(change, extended=False)


def _outputs_extended(change: UseCaseChange) -> Iterator[Breach]:
    yield from _outputs(change, extended=True)


def _serializer(change: UseCaseChange) -> Iterator[Breach]:
    if change.old.serializer != change.new.serializer:
        old, new = (one.serializer or "chosen by the model's type" for one in (change.old, change.new))
        yield at(f"its serializer was {old}, and is {new}", "serializer")


def _gate_added(change: UseCaseChange) -> Iterator[Breach]:
    known = {gate.metric for gate in change.old.metrics}
    for gate in change.new.metrics:
        if gate.metric not in known:
            yield at(f"there is a gate on `{gate.metric}`", "metrics", gate.metric)


def _gate_removed(change: UseCaseChange) -> Iterator[Breach]:
    known = {gate.metric for gate in change.new.metrics}
    for gate in change.old.metrics:
        if gate.metric not in known:
            yield at(f"there is no gate on `{gate.metric}` any more", "metrics", gate.metric)


def _gate_tightened(change: UseCaseChange) -> Iterator[Breach]:
    for old, new in change.gates():
        if _is_tighter(new, old):
            yield at(f"the gate on `{new.metric}` lets less through", "metrics", new.metric)


def _gate_loosened(change: UseCaseChange) -> Iterator[Breach]:
    for old, new in change.gates():
        if _is_tighter(old, new):
            yield at(f"the gate on `{new.metric}` lets more through", "metrics", new.metric)


def _is_tighter(one: Gate, other: Gate) -> bool:
    """Whether the one stops what the other lets through."""
    at_least = one.minimum is not None and (other.minimum is None or one.minimum > other.minimum)
    at_most = one.maximum is not None and (other.maximum is None or one.maximum < other.maximum)
    return at_least or at_most


def _trusted(change: UseCaseChange) -> Iterator[Breach]:
    if change.old.trusted != change.new.trusted:
        yield at("other types are trusted when a checkpoint is loaded", "trusted")


def _promoted(change: UseCaseChange) -> Iterator[Breach]:
    old = {one.stage: one for one in change.old.promoted}
    new = {one.stage: one for one in change.new.promoted}
    for stage in sorted(old.keys() | new.keys()):
        if old.get(stage) != new.get(stage):
            was, now = (held[stage].checkpoint if stage in held else "nothing" for held in (old, new))
            yield at(f"promoted to `{stage}` was {was}, and is {now}", "promoted", stage)


def _listed_otherwise(change: UseCaseChange) -> Iterator[Breach]:
    for key in ("metrics", "promoted"):
        old, new = getattr(change.old, key), getattr(change.new, key)
        if old != new and set(old) == set(new):
            yield at(f"what stands in `{key}` stands in another order", key)


USE_CASE_RULES: tuple[Rule[UseCaseChange], ...] = (
    Rule("JYN661", Level.MAJOR, _inputs),
    Rule("JYN662", Level.MAJOR, _outputs_changed),
    Rule("JYN663", Level.MINOR, _outputs_extended),
    Rule("JYN664", Level.MINOR, _serializer),
    Rule("JYN665", Level.PATCH, _gate_added),
    Rule("JYN666", Level.PATCH, _gate_tightened),
    Rule("JYN667", Level.PATCH, _gate_loosened),
    Rule("JYN668", Level.PATCH, _gate_removed),
    Rule("JYN669", Level.PATCH, _trusted),
    Rule("JYN670", Level.NONE, _promoted),
    Rule("JYN607", Level.PATCH, _listed_otherwise),
)
