"""What a cluster must have before anything is deployed to it: Kubernetes, Argo Workflows, Argo CD, maybe Dapr."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jeyn.inspection.check import UNKNOWN, Check, as_far_as_seen, check
from jeyn.model.deployment import INJECTED, NATIVE, Deployment
from jeyn.ports.cluster import Cluster, Object

_WORKFLOWS = ("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults")
_ARGO_CD = ("applications", "appprojects")
_DAPR = ("components",)
#: Init containers that go on are on by default from here.
_KUBERNETES = (1, 29)
#: The least that the manifests were tried with, and that retries a sync with the newest commit.
_ARGO, _CD = (3, 6), (3, 2)
_INSTALL = "install Argo Workflows: https://argo-workflows.readthedocs.io/en/latest/installation/"
_INSTALL_CD = "install Argo CD: https://argo-cd.readthedocs.io/en/stable/getting_started/"
_INSTALL_DAPR = 'install Dapr, or set sidecar = "native": https://docs.dapr.io/operations/hosting/kubernetes/'
#: What the restricted standard asks of a container that its pod cannot say for it.
_LOCKED = (re.compile(r"allowPrivilegeEscalation[\"']?:\s*false"), re.compile(r"drop[\"']?:[\s\[\"'-]*ALL\b"))


def of_what_is_installed(deployment: Deployment, cluster: Cluster) -> Iterator[Check]:
    """Versions and kinds, in the order in which one would install them."""
    version = cluster.version()
    is_new = deployment.sidecar != NATIVE or _version(version) >= _KUBERNETES
    yield check(
        "kubernetes",
        is_new,
        f"Kubernetes {version}",
        f"Kubernetes {version} is older than {_dotted(_KUBERNETES)}, from which sidecars can be init containers",
        'update it, or set sidecar = "shared"',
    )
    kinds = _kinds(cluster, "argo-workflows", [f"{one}.argoproj.io" for one in _WORKFLOWS], _INSTALL)
    yield from as_far_as_seen("argo-workflows", kinds)
    controller = _versions(cluster, "controller", "Argo Workflows", "workflow-controller", _ARGO, _INSTALL)
    yield from as_far_as_seen("controller", controller)
    yield from as_far_as_seen("executor", _executor(cluster))
    kinds = _kinds(cluster, "argo-cd", [f"{one}.argoproj.io" for one in _ARGO_CD], _INSTALL_CD)
    yield from as_far_as_seen("argo-cd", kinds)
    server = _versions(cluster, "argo-cd server", "Argo CD", "argocd", _CD, _INSTALL_CD)
    yield from as_far_as_seen("argo-cd server", server)
    if deployment.sidecar == INJECTED:
        kinds = _kinds(cluster, "dapr", [f"{one}.dapr.io" for one in _DAPR], _INSTALL_DAPR)
        yield from as_far_as_seen("dapr", kinds)


def name_of(one: Object) -> str:
    """An object's name."""
    name: str = one["metadata"]["name"]
    return name


def _kinds(cluster: Cluster, name: str, kinds: list[str], fix: str) -> Iterator[Check]:
    lacking = [kind for kind in kinds if cluster.get("customresourcedefinition", kind) is None]
    yield check(name, not lacking, f"{', '.join(kinds)} are known", f"{', '.join(lacking)} are not known", fix)


def _versions(cluster: Cluster, name: str, what: str, image: str, least: tuple[int, int], fix: str) -> Iterator[Check]:
    """That of each image of this name which runs."""
    specs = [one["spec"]["template"]["spec"] for one in cluster.every("deployments")]
    images = {one["image"] for spec in specs for one in spec["containers"]}
    found = [one.partition("@")[0].rpartition("/")[2].partition(":") for one in sorted(images)]
    versions = [version for part, _, version in found if part == image]
    if not versions:
        yield Check(name, UNKNOWN, f"no deployment of {what} is in this cluster", fix)
    for version in versions:
        lacks = f"{what} {version} is older than {_dotted(least)}"
        yield check(name, _version(version) >= least, f"{what} {version or 'of a digest'}", lacks, "update it")


def _executor(cluster: Cluster) -> Iterator[Check]:
    settings = [one for one in cluster.every("configmaps") if name_of(one) == "workflow-controller-configmap"]
    held = [one.get("data", {}).get("executor", "") for one in settings]
    yield check(
        "executor",
        any(all(rule.search(text) for rule in _LOCKED) for text in held),
        "Argo's own containers keep to the restricted standard",
        "Argo's own containers would be refused where pods must keep to the restricted standard",
        "set executor.securityContext in workflow-controller-configmap; docs/platform.md has it",
    )


def _version(text: str) -> tuple[int, int]:
    """Major and minor of `v1.34.4`; of a text without them, one that nothing is older than."""
    match = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (999, 0)


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
