"""What starts pipelines: formulas whose new batches are waited for, and runs that would start each other for ever."""

from __future__ import annotations

from jeyn.model.definitions import Pipeline
from jeyn.model.names import Pin
from jeyn_gen.load.documents import Document, Place
from jeyn_gen.load.nodes import MappingNode, ScalarNode, SequenceNode
from jeyn_gen.load.order import ordered
from jeyn_gen.load.schedules import NEW_BATCH
from jeyn_gen.load.scope import Scope


def check_triggers(scope: Scope) -> None:
    """Report formulas that are not there, and every circle of pipelines that start each other with new batches."""
    waiting = [pipeline for pipeline in scope.definitions.pipelines.values() if pipeline.on_new_batch]
    for pipeline in waiting:
        for pin in pipeline.on_new_batch:
            scope.formula(pin, _place(scope.document(pipeline), pin))
    makers = {pipeline.pin: _made(scope, pipeline) for pipeline in waiting}
    started = {
        one.pin: [other for other, made in makers.items() if made.intersection(one.on_new_batch)] for one in waiting
    }
    for circle in ordered(started)[1]:
        first, maker = scope.definitions.pipelines[circle[0]], circle[1]
        pin = next(pin for pin in first.on_new_batch if pin in makers[maker])
        if len(circle) == 2:
            message = f"it is started by a new batch of {pin}, which it makes itself, and so for ever"
        else:
            names = " by ".join(f"`{one}`, which is started" for one in circle[1:-1])
            message = f"it is started by {names} by itself, and so for ever"
        scope.report(_place(scope.document(first), pin), "JYN214", message)


def _made(scope: Scope, pipeline: Pipeline) -> set[Pin]:
    """The formulas whose batches a pipeline makes."""
    outputs = {output.definition for step in pipeline.steps for output in step.outputs}
    named = outputs | {step.formula for step in pipeline.steps}
    return {pin for pin in named if pin and pin in scope.definitions.formulas}


def _place(document: Document, pin: Pin) -> Place:
    """Where a document says that a formula's new batches start it."""
    node = document.root.pairs["on"][1] if isinstance(document.root, MappingNode) else None
    listed = node.items if isinstance(node, SequenceNode) else ()
    for at, one in enumerate(listed):
        if isinstance(one, MappingNode) and _text(one) == str(pin):
            return document.at("on", at, NEW_BATCH)
    return document.at("on", NEW_BATCH)


def _text(trigger: MappingNode) -> str:
    value = trigger.pairs[NEW_BATCH][1]
    return value.text if isinstance(value, ScalarNode) else ""
