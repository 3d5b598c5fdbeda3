"""What an environment that runs pods needs of its cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jeyn.environments import Environment
from jeyn.inspection.check import MISSING, OK, UNKNOWN, Check, as_far_as_seen, check
from jeyn.inspection.installed import name_of, of_what_is_installed
from jeyn.model.cluster_names import COMPONENTS, ENFORCE, PODS, RESTRICTED, SECRETS, STARTER
from jeyn.model.deployment import NATIVE, Deployment
from jeyn.ports.cluster import Cluster, Object

_VARIABLE = re.compile(r"\benvRef:\s*[\"']?([A-Za-z_][A-Za-z0-9_]*)")
_SYNC = "merge something, or `kubectl apply -f generated/manifests/applications/` if that was never done"


def of_cluster(project: str, environment: Environment, deployment: Deployment, cluster: Cluster) -> Iterator[Check]:
    """Everything that is looked for, in the order in which it would be set up; what this user may not see is told."""
    yield from of_what_is_installed(deployment, cluster)
    apply = f"kubectl apply -f generated/manifests/namespaces/{environment.name}.yaml"
    namespace = [*as_far_as_seen("namespace", _namespace(deployment.namespace, cluster, apply))]
    yield from namespace
    application = _application(f"{project}-{environment.name}", deployment, cluster)
    yield from as_far_as_seen("application", application)
    if all(one.status != MISSING for one in namespace):
        yield from as_far_as_seen("rights", _rights(deployment.namespace, cluster))
        yield from as_far_as_seen("components", _configuration(environment, deployment, cluster))
        yield from as_far_as_seen("pods", _pods(deployment.namespace, cluster))


def _namespace(name: str, cluster: Cluster, fix: str) -> Iterator[Check]:
    found = cluster.get("namespace", name)
    yield check("namespace", found is not None, f"the namespace {name} is there", f"there is no namespace {name}", fix)
    if found is not None:
        yield _restriction(found, fix)


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


def _rights(namespace: str, cluster: Cluster) -> Iterator[Check]:
    rights = ((PODS, "workflowtaskresults.argoproj.io"), (STARTER, "workflows.argoproj.io"))
    for account, resource in rights:
        has = cluster.may("create", resource, namespace, account)
        lacks = f"the service account {account} may not create {resource}"
        yield check(f"rights of {account}", has, f"{account} may create {resource}", lacks, _SYNC)


def _configuration(environment: Environment, deployment: Deployment, cluster: Cluster) -> Iterator[Check]:
    """What sidecars load, and the variables that they are given."""
    namespace = deployment.namespace
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


def _pods(namespace: str, cluster: Cluster) -> Iterator[Check]:
    """What pods wait for that are there now."""
    pods = cluster.every("pods", namespace, "app.kubernetes.io/managed-by=jeyn")
    states = [(pod, one) for pod in pods for one in _containers(pod)]
    lost = {one["image"] for _, one in states if "Image" in _waits_for(one)}
    if lost:
        fix = "build and push it, and give the namespace the right to pull it"
        yield Check("image", MISSING, f"pods wait for {', '.join(sorted(lost))}", fix)
    else:
        yield Check("image", OK if pods else UNKNOWN, "no pod waits for an image" if pods else "no pod has run yet")
    for pod, one in states:
        if _waits_for(one) == "CrashLoopBackOff":
            fix = f"kubectl logs --namespace {namespace} {name_of(pod)} --container {one['name']} --previous"
            yield Check("containers", MISSING, f"{one['name']} of {name_of(pod)} ends again and again", fix)
    for pod in pods:
        for one in pod.get("status", {}).get("conditions", []):
            if one.get("reason") == "Unschedulable":
                fix = "give the cluster such a node, or ask for less"
                yield Check("nodes", MISSING, f"{name_of(pod)} waits for a node: {one.get('message', '')}", fix)


def _waits_for(container: Object) -> str:
    reason: str = container.get("state", {}).get("waiting", {}).get("reason", "")
    return reason


def _containers(pod: Object) -> list[dict[str, Any]]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
