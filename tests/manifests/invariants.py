"""What must hold of manifests that neither the published schemas nor Argo's validator look at.

    findings(documents)                          every rule but the commit's
    findings(documents, commit="4f0c…")          of what Argo CD would apply at that commit

A finding is one line: the object, the place in it, and what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import commit_rules
import container_rules
import name_rules
import pod_security
import reference_rules
import task_rules
import value_rules
from pods import Container, Pod, pods

Documents = Sequence[Mapping[str, Any]]

_OF_DOCUMENTS: tuple[Callable[[Documents], Iterable[str]], ...] = (
    value_rules.durations,
    value_rules.time_zones,
    value_rules.retries,
    value_rules.left_over,
    value_rules.patches,
    name_rules.objects,
    name_rules.labels,
    reference_rules.tags,
    reference_rules.workflow_parameters,
    reference_rules.inputs_in_expressions,
    task_rules.tasks_before,
    reference_rules.ghost_arguments,
    reference_rules.hooks,
)
_OF_PODS: tuple[Callable[[Pod], Iterable[str]], ...] = (
    container_rules.mounts,
    container_rules.container_names,
    name_rules.of_pod,
    pod_security.findings,
)
_OF_CONTAINERS: tuple[Callable[[Container], Iterable[str]], ...] = (
    container_rules.resources,
    container_rules.image,
    container_rules.command,
    container_rules.read_only_root,
    container_rules.restart_policy,
)
_OF_COMMITS: tuple[Callable[[Documents, str], Iterable[str]], ...] = (
    commit_rules.objects_annotated,
    commit_rules.parameters,
    commit_rules.pods_of_workflows,
)


def findings(documents: Documents, *, commit: str = "", sidecar: str = "native") -> list[str]:
    """What breaks a rule, without repetitions, in the order of the rules.

    `sidecar` is how steps reach their Dapr: native, injected or shared.
    """
    return list(dict.fromkeys(_findings(documents, commit, sidecar)))


def _findings(documents: Documents, commit: str, sidecar: str) -> Iterator[str]:
    for of_documents in _OF_DOCUMENTS:
        yield from of_documents(documents)
    config_maps = {one["metadata"]["name"]: one.get("data", {}) for one in documents if one.get("kind") == "ConfigMap"}
    for pod in pods(documents):
        for of_pod in _OF_PODS:
            yield from of_pod(pod)
        yield from container_rules.sidecar(pod, sidecar, config_maps)
        for container in pod.containers:
            for of_container in _OF_CONTAINERS:
                yield from (f"{container.where}: {problem}" for problem in of_container(container))
    if commit:
        for of_commit in _OF_COMMITS:
            yield from of_commit(documents, commit)
