"""The pods that manifests make, each as one PodSpec whichever kind it comes from.

Argo builds a pod from the workflow's spec, the template and their patches; what is done here follows
`workflow/controller/workflowpod.go` of Argo Workflows 3.7, less the containers and volumes that are Argo's own.
A template that creates an object is another matter: its pod has no other containers than these, and what they get and
may do is the controller's to say, wherever a patch does not.
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
# Of a controller that says nothing of them. What it gives to their security is not counted on.
_EXECUTOR = {"image": "quay.io/argoproj/argoexec:CONTROLLER", "command": ["argoexec"]}
_OF_EXECUTOR = {
    "containers": [{"name": "main", **_EXECUTOR}],
    "initContainers": [{"name": "init", **_EXECUTOR}],
    "volumes": [{"name": "tmp-dir-argo", "emptyDir": {}}],
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
    is_workflows: bool  # of a template of a workflow
    is_step: bool  # likewise, and it runs code of the project
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
            yield Pod(title(document), False, False, mapping(template, "metadata"), mapping(template, "spec"))


def _of_workflow(workflow: Workflow) -> Iterator[Pod]:
    for name, template in workflow.templates.items():
        main = _main_containers(template)
        if main:
            own = {"containers": main}
        elif isinstance(template.get("resource"), Mapping):
            own = _OF_EXECUTOR
        else:
            continue
        metadata = overlaid(mapping(workflow.spec, "podMetadata"), mapping(template, "metadata"))
        spec = _pod_spec(workflow.spec, template, own)
        yield Pod(f"{workflow.title}: template {name}", True, bool(main), metadata, spec)


def _main_containers(template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for field in ("container", "script"):
        if isinstance(template.get(field), Mapping):
            return [{"name": "main", **mapping(template, field)}]
    return objects(template, "containerSet", "containers")


def _pod_spec(
    spec: Mapping[str, Any], template: Mapping[str, Any], own: Mapping[str, list[Mapping[str, Any]]]
) -> Mapping[str, Any]:
    """What a template makes of its workflow's spec; `own` are its containers and volumes before all others."""
    claims = [
        {"name": text(one, "metadata", "name"), "persistentVolumeClaim": {}}
        for one in objects(spec, "volumeClaimTemplates")
    ]
    pod = {
        **{field: spec[field] for field in (*_OF_WORKFLOW, *_OF_BOTH) if field in spec},
        **{field: template[field] for field in _OF_BOTH if field in template},
        "containers": [*own["containers"], *objects(template, "sidecars")],
        "initContainers": [*own.get("initContainers", []), *objects(template, "initContainers")],
        "volumes": [*own.get("volumes", []), *objects(spec, "volumes"), *claims, *objects(template, "volumes")],
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
