"""What an environment serves at this moment, as its cluster tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from jeyn.model.cluster_names import COMMIT, ENVIRONMENT
from jeyn.model.deployment import Deployment
from jeyn.ports.cluster import Cluster, Object

#: Phases of a workflow, or of a pod of it, that did not do what it was for.
LOST = ("Failed", "Error")
_TEMPLATE = "workflows.argoproj.io/workflow-template"


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A workflow on the cluster. Times are RFC 3339 in UTC; `finished` is empty while it goes on.

    `message` is what the pod that failed last has told, or what Argo says of the whole.
    """

    name: str
    run: str
    template: str
    phase: str
    message: str
    started: str
    finished: str


@dataclass(frozen=True, slots=True)
class Live:
    """An environment: the commit whose manifests are there, what Argo CD says of it, its newest runs, promotions.

    `wanted` is the commit that Argo CD follows, `sync` Synced or OutOfSync, `health` as Argo CD has it; all of them
    empty where it does not know the application. `promoted` has for each `NAME#STAGE` the checkpoint and digest.
    """

    environment: str
    namespace: str
    commit: str
    wanted: str
    sync: str
    health: str
    runs: tuple[LiveRun, ...]
    promoted: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """The shape `jeyn.status/1`."""
        return {"schema": "jeyn.status/1", **asdict(self)}


def look(project: str, environment: str, deployment: Deployment, cluster: Cluster, most: int) -> Live:
    """Ask the cluster; at most so many runs."""
    namespace = deployment.namespace
    own = cluster.get("configmap", ENVIRONMENT, namespace) or {}
    application = cluster.get("applications.argoproj.io", f"{project}-{environment}", deployment.argocd.namespace) or {}
    status = application.get("status", {})
    runs = sorted(
        map(_run, cluster.every("workflows.argoproj.io", namespace)), key=lambda one: one.started, reverse=True
    )
    return Live(
        environment=environment,
        namespace=namespace,
        commit=own.get("metadata", {}).get("annotations", {}).get(COMMIT, ""),
        wanted=status.get("sync", {}).get("revision", ""),
        sync=status.get("sync", {}).get("status", ""),
        health=status.get("health", {}).get("status", ""),
        runs=tuple(runs[:most]),
        promoted=dict(_promoted(cluster.every("workflowtemplates.argoproj.io", namespace))),
    )


def _run(workflow: Object) -> LiveRun:
    metadata, status = workflow["metadata"], workflow.get("status", {})
    return LiveRun(
        name=metadata["name"],
        run=metadata["uid"],
        template=metadata.get("labels", {}).get(_TEMPLATE, ""),
        phase=status.get("phase", "Pending"),
        message=_message(status),
        started=metadata.get("creationTimestamp", ""),
        finished=status.get("finishedAt") or "",
    )


def _message(status: Object) -> str:
    """Argo's own message of a workflow whose pod was tried again is that it was tried enough."""
    pods = [one for one in status.get("nodes", {}).values() if one.get("type") == "Pod" and one.get("message")]
    lost = [one for one in pods if one.get("phase") in LOST]
    last = max(lost, key=lambda one: one.get("finishedAt") or "", default=None)
    told: str = status.get("message", "") if last is None else f"{last.get('displayName', '')}: {last['message']}"
    return told


def _promoted(templates: list[Object]) -> Iterator[tuple[str, str]]:
    """What the pods that begin runs are told of stages."""
    for template in templates:
        for one in template["spec"].get("templates", []):
            words = one.get("container", {}).get("args", [])
            for option, word in pairwise(words):
                if option == "--promoted":
                    source, _, target = word.partition("=")
                    yield source, target
