"""What is applied by hand: namespaces, and what tells Argo CD where each environment is and what may be deployed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jeyn.model import cluster_names
from jeyn.model.deployment import Deployment
from jeyn_gen.emit.manifests import names, overlays

#: Every kind that the manifests hold, and no other.
_KINDS = (
    *(("", kind) for kind in ("ConfigMap", "ServiceAccount")),
    *(("argoproj.io", kind) for kind in ("CronWorkflow", "Workflow", "WorkflowTemplate")),
    *(("rbac.authorization.k8s.io", kind) for kind in ("Role", "RoleBinding")),
    ("networking.k8s.io", "NetworkPolicy"),
)


def application(environment: str, project: str, deployment: Deployment) -> dict[str, Any]:
    """The Application of an environment."""
    argocd = deployment.argocd
    policy: dict[str, Any] = {
        # The newest commit at each try: one that cannot be deployed holds up none that comes after it.
        "retry": {"limit": 5, "refresh": True, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}},
        "syncOptions": ["ServerSideApply=true", "PruneLast=true"],
    }
    if argocd.automated:
        policy = {"automated": {"prune": argocd.prune, "selfHeal": argocd.self_heal}, **policy}
    return {
        "apiVersion": names.ARGO_API,
        "kind": "Application",
        "metadata": _metadata(f"{project}-{environment}", project, deployment),
        "spec": {
            "project": project,
            "source": {
                "repoURL": argocd.repository,
                "targetRevision": branch(environment),
                "path": f"{argocd.folder}/{overlays.path(environment)}".lstrip("/"),
                "kustomize": {
                    "commonAnnotations": {cluster_names.COMMIT: "${ARGOCD_APP_REVISION}"},
                    "commonAnnotationsEnvsubst": True,
                },
            },
            "destination": {"server": argocd.server, "namespace": deployment.namespace},
            "syncPolicy": policy,
            "ignoreDifferences": [
                # Argo Workflows notes there when a schedule last ran.
                {"group": "argoproj.io", "kind": "CronWorkflow", "jsonPointers": ["/status"]},
            ],
        },
    }


def app_projects(project: str, deployments: Iterable[Deployment]) -> list[dict[str, Any]]:
    """An AppProject beside each Argo CD that there are environments of."""
    by_place: dict[str, list[Deployment]] = {}
    for one in deployments:
        by_place.setdefault(one.argocd.namespace, []).append(one)
    return [_app_project(project, many) for many in by_place.values()]


def _app_project(project: str, deployments: list[Deployment]) -> dict[str, Any]:
    """Only this repository, only these namespaces, only these kinds.

    Nothing that belongs to no namespace, not even a namespace: with the right to write one, a commit could take back
    what it refuses, or take over one of others.
    """
    destinations = sorted({(one.argocd.server, one.namespace) for one in deployments})
    return {
        "apiVersion": names.ARGO_API,
        "kind": "AppProject",
        "metadata": _metadata(project, project, deployments[0]),
        "spec": {
            "description": f"The pipelines of {project}",
            "sourceRepos": sorted({one.argocd.repository for one in deployments}),
            "destinations": [{"server": server, "namespace": namespace} for server, namespace in destinations],
            "namespaceResourceWhitelist": [{"group": group, "kind": kind} for group, kind in _KINDS],
        },
    }


def namespace(project: str, deployment: Deployment) -> dict[str, Any]:
    """The namespace of an environment, which refuses every pod that could harm the node.

    Who runs the cluster makes it: Argo CD, which follows commits, has no right to.
    """
    labels = {**names.labels(project), cluster_names.ENFORCE: cluster_names.RESTRICTED}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": deployment.namespace, "labels": labels}}


def branch(environment: str) -> str:
    """The branch that CI moves to a commit when its images are there."""
    return f"deploy/{environment}"


def _metadata(name: str, project: str, deployment: Deployment) -> dict[str, Any]:
    return {"name": name, "namespace": deployment.argocd.namespace, "labels": names.labels(project)}
