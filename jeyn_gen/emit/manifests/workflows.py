"""What runs a pipeline: a WorkflowTemplate, and what starts it by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jeyn.model import cluster_names
from jeyn.model.argument_text import as_argument
from jeyn.model.definitions import Pipeline
from jeyn.model.deployment import Deployment, object_name
from jeyn.model.plan import Plan
from jeyn.model.references import Recorded
from jeyn_gen.emit.manifests import names, pods, starter, tasks

#: Parameters of a workflow that are not the pipeline's: no name of one can have a hyphen.
COMMIT = "jeyn-commit"
TRIGGER = "jeyn-trigger"
_POLICIES = {"forbid": "Forbid", "allow": "Allow", "replace": "Replace"}
_DAY = 86_400
#: After what has no wave.
_NEXT = {"argocd.argoproj.io/sync-wave": "1"}
#: What Argo CD makes anew after each sync.
_HOOK = {
    "argocd.argoproj.io/hook": "PostSync",
    "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
}
#: A sync that waits for a pod which cannot start would hold up the commit that mends it.
_MOST_OF_A_SYNC = 900


def objects(
    pipeline: Pipeline, plan: Plan, promoted: Iterable[tuple[Recorded, str]], project: str, sidecar: str
) -> list[dict[str, Any]]:
    """All objects of a pipeline, as plain values."""
    found = [_template(pipeline, plan, promoted, project, sidecar)]
    if pipeline.concurrency > 1:
        found.append(_limit(pipeline, project))
    if pipeline.schedule is not None:
        policy = _POLICIES[pipeline.schedule.concurrency]
        found.append(
            _cron(
                pipeline,
                project,
                "schedule",
                pipeline.schedule.cron,
                timezone=pipeline.schedule.timezone,
                concurrency_policy=policy,
                starting_deadline_seconds=pipeline.schedule.missed or None,
            )
        )
    if pipeline.on_new_batch:
        # Looking is cheap and forgets nothing: there is no event to lose, and nothing more to install. One at a time.
        found.append(
            _cron(pipeline, project, "new-batch", Deployment().poll, timezone="UTC", concurrency_policy="Forbid")
        )
    if pipeline.on_merge:
        found.append(_on_merge(pipeline, project))
    return found


def live(promoted: Iterable[tuple[str, str]], project: str, sidecar: str) -> list[dict[str, Any]]:
    """What records after each sync which commit an environment serves, and what that promotes: `NAME@MAJOR#STAGE`."""
    from hera.workflows import models as argo

    metadata = {"name": names.LIVE, "labels": {"app.kubernetes.io/name": names.LIVE, **names.labels(project)}}
    labels = {key: value for key, value in pods.pod_labels(names.LIVE).items() if key != names.LABEL}
    spec = argo.WorkflowSpec(
        entrypoint=names.LIVE,
        arguments=argo.Arguments(parameters=[argo.Parameter(name=COMMIT, value=names.UNSET)]),
        pod_metadata=argo.Metadata(labels=labels, annotations=pods.pod_annotations(sidecar)),
        templates=[pods.template(names.LIVE, tasks.live_shape(promoted))],
        **_of_pods(sidecar),
    )
    template = {
        "apiVersion": names.ARGO_API,
        "kind": "WorkflowTemplate",
        "metadata": metadata,
        "spec": pods.plain(spec),
    }
    hook = {
        "apiVersion": names.ARGO_API,
        "kind": "Workflow",
        "metadata": {**metadata, "annotations": _HOOK},
        "spec": {
            "workflowTemplateRef": {"name": names.LIVE},
            "arguments": {"parameters": [{"name": COMMIT, "value": names.UNSET}]},
            "podMetadata": {"annotations": {cluster_names.COMMIT: names.UNSET}},
            "activeDeadlineSeconds": _MOST_OF_A_SYNC,
        },
    }
    return [template, hook]


def _metadata(pipeline: Pipeline, project: str, suffix: str = "", **labels: str) -> dict[str, Any]:
    return {
        "name": object_name(pipeline.pin) + suffix,
        "labels": {
            "app.kubernetes.io/name": pipeline.name,
            "app.kubernetes.io/version": str(pipeline.version),
            **names.labels(project),
            names.LABEL: pipeline.name,
            **labels,
        },
    }


def _template(
    pipeline: Pipeline, plan: Plan, promoted: Iterable[tuple[Recorded, str]], project: str, sidecar: str
) -> dict[str, Any]:
    from hera.workflows import models as argo

    found = tasks.shapes(plan)
    looks = bool(pipeline.on_new_batch)
    ends = {
        names.START: tasks.start_shape(plan, promoted, pipeline.on_new_batch),
        names.FINISH: tasks.finish_shape(plan),
    }
    templates = [pods.template(name, shape) for name, shape in {**ends, **found.by_name}.items()]
    spec = argo.WorkflowSpec(
        entrypoint=names.DAG,
        on_exit=names.FINISH,
        arguments=argo.Arguments(parameters=_parameters(pipeline)),
        synchronization=_synchronization(pipeline),
        pod_metadata=argo.Metadata(labels=pods.pod_labels(pipeline.name), annotations=pods.pod_annotations(sidecar)),
        templates=[tasks.dag(plan, found, looks=looks), *templates],
        **_of_pods(sidecar),
    )
    return {
        "apiVersion": names.ARGO_API,
        "kind": "WorkflowTemplate",
        "metadata": _metadata(pipeline, project),
        "spec": pods.plain(spec),
    }


def _of_pods(sidecar: str) -> dict[str, Any]:
    """What every workflow says of its pods."""
    from hera.workflows import models as argo

    return {
        "service_account_name": cluster_names.PODS,
        "security_context": pods.security(),
        "template_defaults": pods.defaults(sidecar),
        "volumes": pods.volumes(sidecar),
        # What a run was is in the ledger; its pods' logs are worth a while where it failed.
        "pod_gc": argo.PodGC(strategy="OnWorkflowSuccess"),
        "ttl_strategy": argo.TTLStrategy(seconds_after_success=_DAY, seconds_after_failure=7 * _DAY),
    }


def _parameters(pipeline: Pipeline) -> list[Any]:
    from hera.workflows import models as argo

    own = [argo.Parameter(name=COMMIT, value=names.UNSET), argo.Parameter(name=TRIGGER, value="manual")]
    return own + [
        argo.Parameter(name=one.name, value=as_argument(one.default))
        if one.default is not None or one.constraints.nullable
        else argo.Parameter(name=one.name)
        for one in pipeline.parameters
    ]


def _synchronization(pipeline: Pipeline) -> Any:
    """At most so many runs of a pipeline at once in a namespace."""
    from hera.workflows import models as argo

    if not pipeline.concurrency:
        return None
    name = object_name(pipeline.pin)
    if pipeline.concurrency == 1:
        return argo.Synchronization(mutexes=[argo.Mutex(name=name)])
    key = argo.ConfigMapKeySelector(name=f"{name}-limit", key="runs")
    return argo.Synchronization(semaphores=[argo.SemaphoreRef(config_map_key_ref=key)])


def _limit(pipeline: Pipeline, project: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(pipeline, project, "-limit"),
        "data": {"runs": str(pipeline.concurrency)},
    }


def _reference(pipeline: Pipeline, trigger: str) -> dict[str, Any]:
    """The spec of a workflow that runs the template."""
    return {
        "workflowTemplateRef": {"name": object_name(pipeline.pin)},
        "arguments": {"parameters": [{"name": TRIGGER, "value": trigger}]},
    }


def _cron(pipeline: Pipeline, project: str, trigger: str, cron: str, **when: Any) -> dict[str, Any]:
    from hera.workflows import models as argo

    suffix = "" if trigger == "schedule" else f"-{trigger}"
    spec = argo.CronWorkflowSpec(
        schedules=[cron],
        workflow_spec=argo.WorkflowSpec(),
        successful_jobs_history_limit=3,
        failed_jobs_history_limit=3,
        **when,
    )
    return {
        "apiVersion": names.ARGO_API,
        "kind": "CronWorkflow",
        "metadata": {
            **_metadata(pipeline, project, suffix, **{names.TRIGGER: trigger}),
            "annotations": _NEXT,  # Argo gives a CronWorkflow up for good whose template it does not know yet
        },
        "spec": {**pods.plain(spec), "workflowSpec": _reference(pipeline, trigger)},
    }


def _on_merge(pipeline: Pipeline, project: str) -> dict[str, Any]:
    """A hook that Argo CD runs after a sync: it starts the pipeline and ends, so that no sync waits for the run."""
    from hera.workflows import models as argo

    workflow = {
        "apiVersion": names.ARGO_API,
        "kind": "Workflow",
        "metadata": {
            "generateName": f"{object_name(pipeline.pin)}-",
            "labels": _metadata(pipeline, project)["labels"],
        },
        "spec": _reference(pipeline, "merge"),
    }
    spec = argo.WorkflowSpec(
        entrypoint=starter.NAME,
        service_account_name=cluster_names.STARTER,
        arguments=argo.Arguments(parameters=[argo.Parameter(name=COMMIT, value=names.UNSET)]),
        pod_metadata=argo.Metadata(
            labels=pods.pod_labels(pipeline.name), annotations={cluster_names.COMMIT: names.UNSET}
        ),
        security_context=pods.security(),
        templates=[starter.template(workflow)],
        active_deadline_seconds=_MOST_OF_A_SYNC,
        ttl_strategy=argo.TTLStrategy(seconds_after_completion=_DAY),
    )
    metadata = _metadata(pipeline, project, "-on-merge", **{names.TRIGGER: "merge"})
    metadata["annotations"] = {**_HOOK, **_NEXT}  # once it is certain that the image is of this commit
    return {"apiVersion": names.ARGO_API, "kind": "Workflow", "metadata": metadata, "spec": pods.plain(spec)}
