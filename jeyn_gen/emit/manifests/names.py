"""How what runs on a cluster is called. Also what a pod, Argo and kustomize must agree on."""

from __future__ import annotations

from jeyn.model.references import Recorded

FOLDER = "generated/manifests"
ARGO_API = "argoproj.io/v1alpha1"
KUSTOMIZE_API = "kustomize.config.k8s.io/v1beta1"
#: Names of the images that kustomize replaces by an environment's repository, and the tag that it does by the commit.
IMAGE = "jeyn"
SIDECAR_IMAGE = "daprd"
UNSET = "unset"
#: The ConfigMap of an environment, whose annotation holds the commit.
ENVIRONMENT = "jeyn"
COMMIT = "jeyn.dev/commit"
#: The ConfigMap of the Dapr components, and the Secret that their variables come from; nothing here writes it.
COMPONENTS = "jeyn-components"
SECRETS = "jeyn-secrets"
#: Service accounts: of pods, and of what starts a pipeline.
PODS = "jeyn"
STARTER = "jeyn-starter"

#: Templates that every pipeline has. A step's own is shared by those that run alike.
DAG = "steps"
#: A capital letter, which no step can have, keeps its task apart; the template has none, since pods are named by it.
START_TASK = "Start"
START = "start"
FINISH = "finish"
#: The output parameter of the start that tells whether there is anything to run for.
GO = "go"

LABEL = "jeyn.dev/pipeline"
TRIGGER = "jeyn.dev/trigger"
DEFAULT_RESOURCES = "jeyn.dev/default-resources"


def labels(project: str) -> dict[str, str]:
    """Labels of everything that belongs to a project."""
    return {"app.kubernetes.io/part-of": project, "app.kubernetes.io/managed-by": "jeyn"}


def image_name(target: str) -> str:
    """The name of an image before kustomize replaces it; `target` is that of a Dockerfile, or empty."""
    return f"{IMAGE}-{target}" if target else IMAGE


def recorded_output(source: Recorded) -> str:
    """The output parameter of `start` that holds what a reference was resolved to."""
    line = f"-{source.line.replace('.', '-')}" if source.line else ""
    return f"recorded-{source.name}{line}-{source.which}"


def items_output(step: str) -> str:
    """The output parameter with the places of a step's items, of the step that makes them."""
    return f"items-{step}"


def when_output(step: str) -> str:
    """The output parameter that tells whether the conditions of a step hold, as far as its maker knows."""
    return f"when-{step}"
