"""What an environment that runs pods needs of its cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jeyn.environments import Environment
from jeyn.inspection.check import MISSING, OK, UNKNOWN, Check, check
from jeyn.model.cluster_names import COMPONENTS, ENFORCE, PODS, RESTRICTED, SECRETS, STARTER
from jeyn.model.deployment import NATIVE, Deployment
from jeyn.ports.cluster import Cluster, Object

_WORKFLOWS = ("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults")
_ARGO_CD = ("applications", "appprojects")
#: Init containers that go on are on by default from here, and what Argo 3.6 and later was tried with.
_KUBERNETES, _ARGO = (1, 29), (3, 6)
_VARIABLE = re.compile(r"\benvRef:\s*[\"']?([A-Za-z_][A-Za-z0-9_]*)")
_INSTALL = "install Argo Workflows: https://argo-workflows.readthedocs.io/en/latest/installation/"
_INSTALL_CD = "install Argo CD: https://argo-cd.readthedocs.io/en/stable/getting_started/"
_SYNC = "merge something, or `kubectl apply -f generated/manifests/applications/` if that was never done"


def of_cluster(project: str, environment: Environment, deployment: Deployment, cluster: Cluster) -> Iterator[Check]:
    """Everything that is looked for, in the order in which it would be set up."""
    version = cluster.version()
    is_new = deployment.sidecar != NATIVE or _version(version) >= _KUBERNETES
    wanted = ".".join(map(str, _KUBERNETES))
    yield check(
        "kubernetes",
        is_new,
        f"Kubernetes {version}",
        f"Kubernetes {version} is older than {wanted}, from which sidecars can be init containers",
        'update it, or set sidecar = "shared"',
    )
    yield from _argo(cluster)
    yield _kinds(cluster, "argo-cd", _ARGO_CD, _INSTALL_CD)
    namespace = cluster.get("namespace", deployment.namespace)
    lacks = f"there is no namespace {deployment.namespace}"
    apply = f"kubectl apply -f generated/manifests/namespaces/{environment.name}.yaml"
    yield check("namespace", namespace is not None, f"the namespace {deployment.namespace} is there", lacks, apply)
    if namespace is not None:
        yield _restriction(namespace, apply)
    yield from _application(f"{project}-{environment.name}", deployment, cluster)
    if namespace is not None:
        yield from _in_namespace(environment, deployment, cluster)


def _argo(cluster: Cluster) -> Iterator[Check]:
    yield _kinds(cluster, "argo-workflows", _WORKFLOWS, _INSTALL)
    controllers = [one for one in cluster.every("deployments") if "workflow-controller" in _name(one)]
    images = [one["image"] for each in controllers for one in each["spec"]["template"]["spec"]["containers"]]
    versions = [image.rpartition(":")[2] for image in images if "workflow-controller" in image]
    if not versions:
        yield Check("controller", UNKNOWN, "no deployment of Argo's workflow-controller is in this cluster", _INSTALL)
    for version in versions:
        lacks = f"Argo Workflows {version} is older than {'.'.join(map(str, _ARGO))}"
        yield check("controller", _version(version) >= _ARGO, f"Argo Workflows {version}", lacks, "update it")
    settings = [one for one in cluster.every("configmaps") if _name(one) == "workflow-controller-configmap"]
    is_locked = any("securityContext" in one.get("data", {}).get("executor", "") for one in settings)
    yield check(
        "executor",
        is_locked,
        "Argo's own containers keep to the restricted standard",
        "Argo's own containers would be refused where pods must keep to the restricted standard",
        "set executor.securityContext in workflow-controller-configmap; docs/platform.md has it",
    )


def _kinds(cluster: Cluster, name: str, kinds: tuple[str, ...], fix: str) -> Check:
    lacking = [kind for kind in kinds if cluster.get("customresourcedefinition", f"{kind}.argoproj.io") is None]
    return check(name, not lacking, f"{', '.join(kinds)} are known", f"{', '.join(lacking)} are not known", fix)


def _restriction(namespace: Object, fix: str) -> Check:
    if namespace["metadata"].get("labels", {}).get(ENFORCE) == RESTRICTED:
        return Check("pod security", OK, "the namespace takes only pods without privileges")
    return Check("pod security", UNKNOWN, "the namespace does not say that it takes only pods without privileges", fix)


def _application(name: str, deployment: Deployment, cluster: Cluster) -> Iterator[Check]:
    apply = "kubectl apply -f generated/manifests/applications/"
    found = cluster.get("applications.argoproj.io", name, deployment.argocd.namespace)
    lacks = f"Argo CD knows no application {name}"
    yield check("application", found is not None, f"Argo CD knows {name}", lacks, apply)
    if found is None:
        return
    problems = [one["message"] for one in found.get("status", {}).get("conditions", []) if "Error" in one["type"]]
    yield check(
        "sync", not problems, "Argo CD can read and build it", "; ".join(problems), "mend what it says, and merge"
    )


def _in_namespace(environment: Environment, deployment: Deployment, cluster: Cluster) -> Iterator[Check]:
    namespace = deployment.namespace
    rights = ((PODS, "workflowtaskresults.argoproj.io"), (STARTER, "workflows.argoproj.io"))
    for account, resource in rights:
        has = cluster.may("create", resource, namespace, account)
        lacks = f"the service account {account} may not create {resource}"
        yield check(f"rights of {account}", has, f"{account} may create {resource}", lacks, _SYNC)
    components: Object | None = None
    if environment.uses_dapr and deployment.sidecar == NATIVE:
        components = cluster.get("configmap", COMPONENTS, namespace)
        held = len(components.get("data", {})) if components else 0
        lacks = f"the ConfigMap {COMPONENTS} is not there"
        yield check("components", held > 0, f"{held} Dapr components are there", lacks, _SYNC)
    variables = set(_VARIABLE.findall("".join(components.get("data", {}).values()))) if components else set()
    secret = cluster.get("secret", SECRETS, namespace)
    lacking = sorted(variables - set((secret or {}).get("data", {})))
    if lacking:
        fix = f"kubectl create secret generic {SECRETS} --namespace {namespace} --from-env-file=FILE"
        lacks = f"the Secret {SECRETS} lacks {', '.join(lacking)}, which Dapr components ask for"
        yield Check("secrets", MISSING, lacks if secret else f"there is no Secret {SECRETS}", fix)
    elif secret is None:
        fix = f"kubectl create secret generic {SECRETS} --namespace {namespace} --from-literal=VARIABLE=VALUE"
        yield Check("secrets", UNKNOWN, f"there is no Secret {SECRETS}: pods get no credentials", fix)
    else:
        yield Check("secrets", OK, f"the Secret {SECRETS} is there")
    yield from _pods(namespace, cluster.every("pods", namespace, "app.kubernetes.io/managed-by=jeyn"))


def _pods(namespace: str, pods: list[Object]) -> Iterator[Check]:
    """What pods wait for that are there now."""
    states = [(pod, one) for pod in pods for one in _containers(pod)]
    lost = {one["image"] for _, one in states if "Image" in _waits_for(one)}
    if lost:
        fix = "build and push it, and give the namespace the right to pull it"
        yield Check("image", MISSING, f"pods wait for {', '.join(sorted(lost))}", fix)
    else:
        yield Check("image", OK if pods else UNKNOWN, "no pod waits for an image" if pods else "no pod has run yet")
    for pod, one in states:
        if _waits_for(one) == "CrashLoopBackOff":
            fix = f"kubectl logs --namespace {namespace} {_name(pod)} --container {one['name']} --previous"
            yield Check("containers", MISSING, f"{one['name']} of {_name(pod)} ends again and again", fix)
    for pod in pods:
        for one in pod.get("status", {}).get("conditions", []):
            if one.get("reason") == "Unschedulable":
                fix = "give the cluster such a node, or ask for less"
                yield Check("nodes", MISSING, f"{_name(pod)} waits for a node: {one.get('message', '')}", fix)


def _waits_for(container: Object) -> str:
    reason: str = container.get("state", {}).get("waiting", {}).get("reason", "")
    return reason


def _containers(pod: Object) -> list[dict[str, Any]]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _name(one: Object) -> str:
    name: str = one["metadata"]["name"]
    return name


def _version(text: str) -> tuple[int, int]:
    """Major and minor of `v1.34.4`; of a text without them, one that nothing is older than."""
    match = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (999, 0)
