"""What Argo CD is told: a project that bounds what may be deployed where, and an Application for each environment."""

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
        "syncOptions": ["CreateNamespace=true", "ServerSideApply=true", "PruneLast=true"],
        # A namespace that Argo CD makes refuses every pod that could harm the node.
        "managedNamespaceMetadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
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


def app_project(project: str, deployments: Iterable[Deployment]) -> dict[str, Any]:
    """The AppProject: only this repository, only these namespaces, only these kinds."""
    deployments = list(deployments)
    destinations = sorted({(one.argocd.server, one.namespace) for one in deployments})
    return {
        "apiVersion": names.ARGO_API,
        "kind": "AppProject",
        "metadata": _metadata(project, project, deployments[0]),
        "spec": {
            "description": f"The pipelines of {project}",
            "sourceRepos": sorted({one.argocd.repository for one in deployments}),
            "destinations": [{"server": server, "namespace": namespace} for server, namespace in destinations],
            "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
            "namespaceResourceWhitelist": [{"group": group, "kind": kind} for group, kind in _KINDS],
        },
    }


def branch(environment: str) -> str:
    """The branch that CI moves to a commit when its images are there."""
    return f"deploy/{environment}"


def _metadata(name: str, project: str, deployment: Deployment) -> dict[str, Any]:
    return {"name": name, "namespace": deployment.argocd.namespace, "labels": names.labels(project)}
