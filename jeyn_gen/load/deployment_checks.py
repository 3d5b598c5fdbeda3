"""Whether the pipelines of a project can run where its environments are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jeyn.model.argument_text import as_argument
from jeyn.model.definitions import Pipeline
from jeyn.model.deployment import Deployments, object_name
from jeyn.model.names import Pin
from jeyn.model.plan import Plan
from jeyn.model.references import LATEST, Recorded
from jeyn_gen.load.dockerfile import DOCKERFILE, stages
from jeyn_gen.load.documents import Document
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.scope import Scope
from jeyn_gen.load.template_size import template_size

#: How a pipeline is called on a cluster, with what may follow: a CronWorkflow has less room.
_MOST_OF_A_NAME = 63
_MOST_OF_A_CRON_NAME = 52
# A pod is called after its workflow, template and a hash: https://argo-workflows.readthedocs.io/en/latest/pod-names/
_ROOM_OF_A_RUN = len("-on-new-batch-1234567890")
# A task takes some hundred bytes in a template and twice that in a run's state, of 1.5 MB that etcd takes.
_MOST_STEPS = 1500
_BYTES_OF_A_SOURCE = 40
_MOST_BYTES = 500_000
# Of a template, which a run's object holds too, beside its state: etcd takes 1.5 MB, and Argo's own limit is 1 MiB.
_MOST_OF_A_TEMPLATE = 900_000
_MOST_OF_A_DEFAULT = 65_536
# What Argo's expressions take for their own: https://expr-lang.org/docs/language-definition
_WORDS = frozenset("and contains else false if in let matches nil not or true".split())


def check_deployments(root: Path, scope: Scope, plans: Mapping[Pin, Plan], deployments: Deployments) -> None:
    """Report what a cluster would refuse, or could never run. Nothing without an environment that runs pods."""
    if not deployments.targets:
        return
    images = stages(root)
    for pin, pipeline in scope.definitions.pipelines.items():
        document = scope.document(pipeline)
        _check_names(scope, document, pipeline)
        _check_needs(scope, document, pipeline, deployments)
        if images is not None:
            _check_images(scope, document, pipeline, images)
        if pin in plans:
            _check_size(scope, document, plans[pin])
            _check_stages(scope, document, plans[pin])


def _check_names(scope: Scope, document: Document, pipeline: Pipeline) -> None:
    name = object_name(pipeline.pin)
    starts = pipeline.schedule is not None or bool(pipeline.on_new_batch)
    room = min(_MOST_OF_A_NAME - _ROOM_OF_A_RUN, _MOST_OF_A_CRON_NAME if starts else _MOST_OF_A_NAME)
    if len(name) > room:
        message = f"{name} has {len(name)} characters; with what names of runs add, {room} are room for"
        scope.report(document.at("name"), "JYN804", message)
    if len(pipeline.steps) > _MOST_STEPS:
        message = f"{len(pipeline.steps):,} steps; at most {_MOST_STEPS:,} are room for"
        scope.report(document.at("steps"), "JYN809", message)
    for step in pipeline.steps:
        if step.name[0].isdigit() or step.name in _WORDS:
            why = "begins with a digit" if step.name[0].isdigit() else "is a word of its expressions"
            message = f"Argo cannot name a task `{step.name}`, which {why}"
            scope.report(document.at("steps", step.name, key=True), "JYN811", message)
    for parameter in pipeline.parameters:
        if parameter.default is not None and len(as_argument(parameter.default).encode()) > _MOST_OF_A_DEFAULT:
            message = f"a default of more than {_MOST_OF_A_DEFAULT:,} bytes"
            scope.report(document.at("parameters", parameter.name, "default"), "JYN809", message)
        place = document.at("parameters", parameter.name, key=True)
        has_value = parameter.default is not None or parameter.constraints.nullable
        if (starts or pipeline.on_merge) and not has_value:
            scope.report(place, "JYN810", f"the parameter `{parameter.name}` has no default")


def _check_needs(scope: Scope, document: Document, pipeline: Pipeline, deployments: Deployments) -> None:
    for step in pipeline.steps:
        for target in deployments.targets:
            if step.secrets and not target.has_secrets:
                message = f"environment `{target.name}` has no secret store, and `{step.name}` asks for secrets"
                scope.report(document.at("steps", step.name, "secrets", key=True), "JYN806", message)
            if step.resources.gpu and not target.deployment.gpus:
                message = f"environment `{target.name}` has no GPUs, and `{step.name}` asks for {step.resources.gpu}"
                scope.report(document.at("steps", step.name, "resources", "gpu"), "JYN807", message)


def _check_images(scope: Scope, document: Document, pipeline: Pipeline, images: Sequence[str]) -> None:
    for step in pipeline.steps:
        image = step.placement.image
        if image and image.lower() not in images:
            message = f"no stage of {DOCKERFILE} is called `{image}`"
            scope.report(document.at("steps", step.name, "image"), "JYN813", message, suggestion(image, images))


def _check_size(scope: Scope, document: Document, plan: Plan) -> None:
    """Of the template, and of what tasks read, which a run's state tells once more; nearly as it is emitted."""
    whole = template_size(plan)
    if whole > _MOST_OF_A_TEMPLATE:
        message = f"its template takes about {whole:,} bytes; {_MOST_OF_A_TEMPLATE:,} are room for"
        scope.report(document.at("steps"), "JYN809", message)
        return
    size = sum(_BYTES_OF_A_SOURCE + 3 * len(str(source)) for step in plan.steps for source in step.sources)
    if size > _MOST_BYTES:
        message = f"what the steps read takes about {size:,} bytes; {_MOST_BYTES:,} are room for"
        scope.report(document.at("steps"), "JYN809", message)


def _check_stages(scope: Scope, document: Document, plan: Plan) -> None:
    for step in plan.steps:
        for one in step.inputs:
            source = one.source
            if not isinstance(source, Recorded) or source.number is not None or source.which == LATEST:
                continue
            if not any(scope.definitions.promoted(source)):
                message = f"nothing of {source.name} is promoted to `{source.which}`"
                scope.report(document.at("steps", step.name, "inputs", one.name), "JYN808", message)
