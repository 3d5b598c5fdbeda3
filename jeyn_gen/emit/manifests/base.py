"""What every environment has: accounts and their rights, a network policy, and the list that kustomize needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jeyn.model import cluster_names
from jeyn.model.deployment import NATIVE
from jeyn_gen.emit.manifests import names


def folder(sidecar: str) -> str:
    """Where the base lies: its pods differ by how they reach Dapr, and nearly always all environments do it alike."""
    return f"{names.FOLDER}/base" if sidecar == NATIVE else f"{names.FOLDER}/base-{sidecar}"


def access(project: str) -> list[dict[str, Any]]:
    """Service accounts with the least that Argo needs: a step reports its result, a starter creates workflows."""
    return [
        _account(cluster_names.PODS, project),
        *_rights(cluster_names.PODS, project, "workflowtaskresults", ["create", "patch"]),
        _account(cluster_names.STARTER, project),
        *_rights(cluster_names.STARTER, project, "workflowtaskresults", ["create", "patch"], more=["workflows"]),
    ]


def network(project: str) -> dict[str, Any]:
    """Nobody calls a pod of a pipeline; the kubelet, which probes the sidecar, is let through by every network.

    Where pods may go depends on where the state store and the blobs are, which is for the cluster to say.
    """
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "jeyn-steps", "labels": names.labels(project)},
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/managed-by": "jeyn"}},
            "policyTypes": ["Ingress"],
            "ingress": [],
        },
    }


def kustomization(files: Iterable[str]) -> dict[str, Any]:
    """The list of all files of the base, one on each line."""
    return {"apiVersion": names.KUSTOMIZE_API, "kind": "Kustomization", "resources": sorted(files)}


def _account(name: str, project: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "labels": names.labels(project)}}


def _rights(
    name: str, project: str, resource: str, verbs: Sequence[str], more: Sequence[str] = ()
) -> list[dict[str, Any]]:
    metadata = {"name": name, "labels": names.labels(project)}
    rules = [{"apiGroups": ["argoproj.io"], "resources": [resource], "verbs": list(verbs)}]
    rules += [{"apiGroups": ["argoproj.io"], "resources": [one], "verbs": ["create", "get"]} for one in more]
    api = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": api, "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name}],
        },
    ]
