"""How what runs on a cluster is called, where kustomize, Argo and what is emitted must agree on it."""

from __future__ import annotations

FOLDER = "generated/manifests"
ARGO_API = "argoproj.io/v1alpha1"
KUSTOMIZE_API = "kustomize.config.k8s.io/v1beta1"
#: Names of the images that kustomize replaces by an environment's repository, and the tag that it does by the commit.
IMAGE = "jeyn"
SIDECAR_IMAGE = "daprd"
UNSET = "unset"
#: Templates that every pipeline has. A step's own is shared by those that run alike.
DAG = "steps"
#: A capital letter, which no step can have, keeps its task apart; the template has none, since pods are named by it.
START_TASK = "Start"
START = "start"
#: What records which commit is served: no pipeline's objects can be called so.
LIVE = "jeyn-live"
FINISH = "finish"

LABEL = "jeyn.dev/pipeline"
TRIGGER = "jeyn.dev/trigger"


def labels(project: str) -> dict[str, str]:
    """Labels of everything that belongs to a project."""
    return {"app.kubernetes.io/part-of": project, "app.kubernetes.io/managed-by": "jeyn"}


def image_name(target: str) -> str:
    """The name of an image before kustomize replaces it; `target` is that of a Dockerfile, or empty."""
    return f"{IMAGE}-{target}" if target else IMAGE
