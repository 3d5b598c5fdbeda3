"""What one environment adds to the base: its namespace, images, defaults and components, and the commit everywhere.

Argo CD sets the annotation of the commit on every object before kustomize runs; kustomize copies it, last of all, into
the arguments, pods and image tags of the templates. Only the field that it is copied from stands in git, as `unset`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jeyn.model import cluster_names
from jeyn.model.deployment import NATIVE, SHARED, Deployment
from jeyn_gen.emit.manifests import names, pods, workflows
from jeyn_gen.emit.manifests.base import folder

IMAGES = "images.yaml"
ENVIRONMENT = "environment.yaml"
COMPONENTS = "components"
#: Takes away what a patch is for; kustomize wants a whole object, whatever its name.
_DELETE = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: any}
$patch: delete
"""


def path(environment: str) -> str:
    """The folder of an environment's overlay."""
    return f"{names.FOLDER}/environments/{environment}"


def kustomization(
    project: str,
    deployment: Deployment,
    components: Iterable[str],
    images: Iterable[str],
    *,
    has_crons: bool,
    has_polls: bool,
    has_merges: bool,
) -> dict[str, Any]:
    """The overlay. `components` are files of it, `images` the targets of a Dockerfile that steps name.

    The rest tells whether there is anything that a schedule, a new batch or a merge starts.
    """
    found: dict[str, Any] = {
        "apiVersion": names.KUSTOMIZE_API,
        "kind": "Kustomization",
        "namespace": deployment.namespace,
        "resources": [f"../../{folder(deployment.sidecar).rpartition('/')[2]}", ENVIRONMENT],
    }
    if deployment.kustomize:
        found["components"] = [f"{'../' * len(path('any').split('/'))}{deployment.kustomize}"]
    if components:
        # Nothing here knows of a suffix that its content would give it.
        found["configMapGenerator"] = [
            {
                "name": cluster_names.COMPONENTS,
                "files": [f"{COMPONENTS}/{name}" for name in components],
                "options": {"disableNameSuffixHash": True, "labels": names.labels(project)},
            }
        ]
    found["configurations"] = [IMAGES]
    found["images"] = _images(deployment, images)
    patches = _patches(deployment, has_crons=has_crons, has_polls=has_polls, has_merges=has_merges)
    if patches:
        found["patches"] = patches
    found["replacements"] = _replacements(deployment)
    return found


def image_fields() -> dict[str, Any]:
    """Where kustomize finds images in a WorkflowTemplate, which it does not know by itself."""
    places = ("templates[]/container", "templates[]/initContainers[]", "templateDefaults/container")
    return {"images": [{"kind": "WorkflowTemplate", "path": f"spec/{place}/image"} for place in places]}


def environment(name: str, project: str, deployment: Deployment) -> dict[str, Any]:
    """The ConfigMap that pods take their environment from; kustomize reads the rest of it."""
    data = {
        "JEYN_ENVIRONMENT": name,
        "JEYN_IMAGE": deployment.image,
        "JEYN_REPOSITORY": deployment.argocd.repository,
        "defaults.cpu": deployment.cpu,
        "defaults.memory": deployment.memory,
        "defaults.retries": str(deployment.retries),
        "defaults.deadline": str(deployment.timeout + pods.START),
    }
    if deployment.sidecar == SHARED:
        data["DAPR_GRPC_ENDPOINT"] = deployment.sidecar_endpoint
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": cluster_names.ENVIRONMENT,
            "labels": names.labels(project),
            "annotations": {cluster_names.COMMIT: names.UNSET},
        },
        "data": data,
    }


def _images(deployment: Deployment, targets: Iterable[str]) -> list[dict[str, str]]:
    own = [
        {"name": names.image_name(target), "newName": f"{deployment.image}-{target}" if target else deployment.image}
        for target in sorted({"", *targets})
    ]
    if deployment.sidecar == NATIVE:
        own.append({"name": names.SIDECAR_IMAGE, **_pinned(deployment.sidecar_image)})
    return own


def _pinned(image: str) -> dict[str, str]:
    """An image by its digest if it has one, else by its tag, as kustomize asks for it."""
    named, _, digest = image.partition("@")
    head, slash, last = named.rpartition("/")
    name, _, tag = last.partition(":")
    return {"newName": f"{head}{slash}{name}", **({"digest": digest} if digest else {"newTag": tag})}


def _patches(deployment: Deployment, *, has_crons: bool, has_polls: bool, has_merges: bool) -> list[dict[str, Any]]:
    found = []
    if has_crons and not deployment.schedules:
        found.append(
            {
                "target": {"kind": "CronWorkflow"},
                "patch": "- {op: add, path: /spec/suspend, value: true}\n",
            }
        )
    if has_merges and not deployment.schedules:
        found.append({"target": {"kind": "Workflow", "labelSelector": f"{names.TRIGGER}=merge"}, "patch": _DELETE})
    if has_polls:
        target = {"kind": "CronWorkflow", "labelSelector": f"{names.TRIGGER}=new-batch"}
        patch = f"- {{op: replace, path: /spec/schedules/0, value: {_quoted(deployment.poll)}}}\n"
        found.append({"target": target, "patch": patch})
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _replacements(deployment: Deployment) -> list[dict[str, Any]]:
    template = {"kind": "WorkflowTemplate"}
    fields = [
        f"spec.arguments.parameters.[name={workflows.COMMIT}].value",
        f"spec.podMetadata.annotations.[{cluster_names.COMMIT}]",
    ]
    defaults = "spec.templateDefaults.container.resources"
    tag = deployment.image.count(":") + 1
    return [
        {
            "source": _source(f"metadata.annotations.[{cluster_names.COMMIT}]"),
            "targets": [
                {"select": template, "fieldPaths": fields},
                {"select": {"kind": "Workflow"}, "fieldPaths": fields},
                {
                    "select": template,
                    "fieldPaths": ["spec.templates.*.container.image", "spec.templateDefaults.container.image"],
                    "options": {"delimiter": ":", "index": tag},
                },
            ],
        },
        *(
            {
                "source": _source(f"data.[defaults.{one}]"),
                "targets": [
                    {"select": template, "fieldPaths": [f"{defaults}.requests.{one}", f"{defaults}.limits.{one}"]}
                ],
            }
            for one in ("cpu", "memory")
        ),
        {
            "source": _source("data.[defaults.deadline]"),
            "targets": [{"select": template, "fieldPaths": ["spec.templateDefaults.activeDeadlineSeconds"]}],
        },
        {
            "source": _source("data.[defaults.retries]"),
            "targets": [{"select": template, "fieldPaths": ["spec.templates.*.retryStrategy.limit"]}],
        },
    ]


def _source(field: str) -> dict[str, str]:
    return {"kind": "ConfigMap", "name": cluster_names.ENVIRONMENT, "fieldPath": field}
