"""The pods that manifests make, each as one PodSpec whichever kind it comes from.

Argo builds a pod from the workflow's spec, the template and their patches; what is done here follows
`workflow/controller/workflowpod.go` of Argo Workflows 3.7, less the containers and volumes that are Argo's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from manifest_values import mapping, objects, text, title
from workflows import Workflow, overlaid

# Where the kinds that make pods keep their template of one.
_POD_TEMPLATES = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_OF_WORKFLOW = ("hostNetwork", "hostAliases", "dnsConfig", "automountServiceAccountToken", "serviceAccountName")
_OF_BOTH = ("securityContext", "serviceAccountName", "automountServiceAccountToken")


@dataclass(frozen=True)
class Container:
    """A container of a pod, and which of the pod's lists it is in."""

    where: str
    role: str  # "containers", "initContainers" or "ephemeralContainers"
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        return text(self.spec, "name")


@dataclass(frozen=True)
class Pod:
    """A pod that one template of a workflow, or one object of another kind, makes."""

    where: str
    is_step: bool  # of a workflow
    metadata: Mapping[str, Any]  # labels and annotations
    spec: Mapping[str, Any]

    @property
    def containers(self) -> list[Container]:
        """All of them, those that start first first."""
        return [
            Container(f"{self.where}: container {text(one, 'name') or 'without a name'}", role, one)
            for role in ("initContainers", "containers", "ephemeralContainers")
            for one in objects(self.spec, role)
        ]


def pods(documents: Iterable[Mapping[str, Any]]) -> Iterator[Pod]:
    """Every pod that the documents make, in their order."""
    for document in documents:
        workflow = Workflow.of(document)
        if workflow is not None:
            yield from _of_workflow(workflow)
        elif text(document, "kind") in _POD_TEMPLATES:
            template = mapping(document, *_POD_TEMPLATES[text(document, "kind")])
            yield Pod(title(document), False, mapping(template, "metadata"), mapping(template, "spec"))


def _of_workflow(workflow: Workflow) -> Iterator[Pod]:
    for name, template in workflow.templates.items():
        main = _main_containers(template)
        if main:
            metadata = overlaid(mapping(workflow.spec, "podMetadata"), mapping(template, "metadata"))
            yield Pod(f"{workflow.title}: template {name}", True, metadata, _pod_spec(workflow.spec, template, main))


def _main_containers(template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for field in ("container", "script"):
        if isinstance(template.get(field), Mapping):
            return [{"name": "main", **mapping(template, field)}]
    return objects(template, "containerSet", "containers")


def _pod_spec(spec: Mapping[str, Any], template: Mapping[str, Any], main: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    claims = [
        {"name": text(one, "metadata", "name"), "persistentVolumeClaim": {}}
        for one in objects(spec, "volumeClaimTemplates")
    ]
    pod = {
        **{field: spec[field] for field in (*_OF_WORKFLOW, *_OF_BOTH) if field in spec},
        **{field: template[field] for field in _OF_BOTH if field in template},
        "containers": [*main, *objects(template, "sidecars")],
        "initContainers": objects(template, "initContainers"),
        "volumes": [*objects(spec, "volumes"), *claims, *objects(template, "volumes")],
    }
    for patch in (text(spec, "podSpecPatch"), text(template, "podSpecPatch")):
        pod = overlaid(pod, _patch(patch))
    return pod


def _patch(patch: str) -> Mapping[str, Any]:
    """What a patch says, as far as it can be read before Argo has replaced the tags in it."""
    try:
        return mapping(yaml.safe_load(patch))
    except yaml.YAMLError:
        return {}
