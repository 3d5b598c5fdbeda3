"""All manifests of a project, as units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from jeyn.model.codec import Json, encode
from jeyn.model.definitions import Definitions, Pipeline
from jeyn.model.deployment import Deployments, Target, object_name
from jeyn.model.names import Pin
from jeyn.model.plan import Plan, recorded_sources
from jeyn.model.references import Recorded
from jeyn_gen.emit.manifests import applications, base, names, overlays, workflows
from jeyn_gen.emit.manifests.documents import as_yaml
from jeyn_gen.emit.units import Unit

_KUSTOMIZATION = "kustomization.yaml"


def manifest_units(definitions: Definitions, plans: Mapping[Pin, Plan], deployments: Deployments) -> Iterator[Unit]:
    """Every manifest; none where no environment runs pods. The definitions have no errors."""
    if not deployments.targets:
        return
    pipelines = [(definitions.pipelines[pin], plan) for pin, plan in plans.items()]
    for sidecar in dict.fromkeys(target.deployment.sidecar for target in deployments.targets):
        yield from _base(sidecar, pipelines, definitions, deployments)
    for target in deployments.targets:
        yield from _overlay(target, [pipeline for pipeline, _ in pipelines], deployments.project)
        path = f"{names.FOLDER}/namespaces/{target.name}.yaml"
        yield _unit(path, [applications.namespace(deployments.project, target.deployment)])
        path = f"{names.FOLDER}/applications/{target.name}.yaml"
        yield _unit(path, [applications.application(target.name, deployments.project, target.deployment)])
    everything = [target.deployment for target in deployments.targets]
    # Before all others in the order of files, in which kubectl applies them.
    path = f"{names.FOLDER}/applications/_project.yaml"
    yield _unit(path, applications.app_projects(deployments.project, everything))


def _unit(path: str, objects: list[dict[str, Any]]) -> Unit:
    """What is quickly made is its own input."""
    return Unit.of(path, _json(objects), lambda: as_yaml(objects))


def _json(objects: list[dict[str, Any]]) -> Json:
    found: Json = objects  # type: ignore[assignment]  # dicts of plain values
    return found


def _base(
    sidecar: str, pipelines: Iterable[tuple[Pipeline, Plan]], definitions: Definitions, deployments: Deployments
) -> Iterator[Unit]:
    folder = base.folder(sidecar)
    files = {
        "access.yaml": base.access(deployments.project),
        "network.yaml": [base.network(deployments.project)],
    }
    everything = [
        (f"{one.pin}#{each.stage}", f"{each.checkpoint} {each.digest}")
        for one in definitions.use_cases.values()
        for each in one.promoted
    ]
    what: Json = {"promoted": [list(pair) for pair in everything], "project": deployments.project, "sidecar": sidecar}
    yield Unit.of(
        f"{folder}/live.yaml", what, lambda: as_yaml(workflows.live(everything, deployments.project, sidecar))
    )
    listed = [*files, "live.yaml"]
    for pipeline, plan in pipelines:
        file = f"{object_name(pipeline.pin)}.yaml"
        listed.append(file)
        promoted = promotions(plan, definitions)
        inputs: Json = {
            "starts": _starts(pipeline),
            "plan": encode(plan),
            "promoted": [[str(source), target] for source, target in promoted],
            "project": deployments.project,
            "sidecar": sidecar,
        }
        yield Unit.of(f"{folder}/{file}", inputs, _body(pipeline, plan, promoted, deployments.project, sidecar))
    for file, objects in files.items():
        yield _unit(f"{folder}/{file}", objects)
    yield _unit(f"{folder}/{_KUSTOMIZATION}", [base.kustomization(listed)])


def _starts(pipeline: Pipeline) -> Json:
    """What starts a pipeline, and how often; the rest of it is in its plan."""
    schedule = pipeline.schedule
    return {
        "schedule": [schedule.cron, schedule.timezone, schedule.concurrency, schedule.missed] if schedule else None,
        "merge": pipeline.on_merge,
        "new batch": [str(pin) for pin in pipeline.on_new_batch],
        "at once": pipeline.concurrency,
    }


def _body(pipeline: Pipeline, plan: Plan, promoted: list[tuple[Recorded, str]], project: str, sidecar: str) -> Any:
    return lambda: as_yaml(workflows.objects(pipeline, plan, promoted, project, sidecar))


def _overlay(target: Target, pipelines: list[Pipeline], project: str) -> Iterator[Unit]:
    folder, deployment = overlays.path(target.name), target.deployment
    polls = any(pipeline.on_new_batch for pipeline in pipelines)
    kustomization = overlays.kustomization(
        project,
        deployment,
        [name for name, _ in target.components],
        (step.placement.image for pipeline in pipelines for step in pipeline.steps),
        has_crons=polls or any(pipeline.schedule for pipeline in pipelines),
        has_polls=polls,
        has_merges=any(pipeline.on_merge for pipeline in pipelines),
    )
    yield _unit(f"{folder}/{_KUSTOMIZATION}", [kustomization])
    yield _unit(f"{folder}/{overlays.ENVIRONMENT}", [overlays.environment(target.name, project, deployment)])
    yield _unit(f"{folder}/{overlays.IMAGES}", [overlays.image_fields()])
    for name, text in target.components:
        yield Unit.of(f"{folder}/{overlays.COMPONENTS}/{name}", text, partial(str, text))


def promotions(plan: Plan, definitions: Definitions) -> list[tuple[Recorded, str]]:
    """What each `NAME#STAGE` that a pipeline reads means in this commit: `NAME#NUMBER DIGEST`."""
    return [
        (source, f"{one.checkpoint} {one.digest}")
        for source in recorded_sources(plan.steps)
        for one in definitions.promoted(source)
    ]
