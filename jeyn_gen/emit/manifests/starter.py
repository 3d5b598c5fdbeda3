"""The pod that starts a pipeline after a merge: nothing but Argo's own containers, which make a Workflow.

Their image is the controller's, and so would be what they get and may do: a namespace with a quota, or one that takes
only pods without privileges, would refuse them wherever the controller says nothing of it.
"""

from __future__ import annotations

import json
from typing import Any

from jeyn_gen.emit.manifests import pods
from jeyn_gen.emit.manifests.documents import as_yaml

NAME = "submit"
#: A volume that Argo gives to each of its pods, and does not mount in every container.
_TMP = {"name": "tmp-dir-argo", "mountPath": "/tmp"}  # noqa: S108  # of the container
_REQUESTS = {"cpu": "50m", "memory": "128Mi"}
_LIMITS = {"cpu": "500m", "memory": "512Mi"}


def template(workflow: dict[str, Any]) -> Any:
    """The template that creates a workflow and ends."""
    from hera.workflows import models as argo

    return argo.Template(
        name=NAME,
        pod_spec_patch=json.dumps(_patch()),
        active_deadline_seconds=pods.as_text(pods.START),
        resource=argo.ResourceTemplate(action="create", manifest=as_yaml([workflow])),
    )


def _patch() -> dict[str, Any]:
    own = {
        "resources": pods.plain(pods.quantities(_REQUESTS, _LIMITS)),
        "securityContext": pods.plain(pods.locked()),
    }
    # The init container writes the manifest to its /tmp, which it cannot where its root is read-only.
    return {
        "initContainers": [{"name": "init", **own, "volumeMounts": [_TMP]}],
        "containers": [{"name": "main", **own}],
    }
