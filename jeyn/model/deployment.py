"""How an environment runs its pipelines on Kubernetes."""

from __future__ import annotations

from jeyn.model.names import Pin
from jeyn.model.values import dataclass

NATIVE = "native"
INJECTED = "injected"
SHARED = "shared"
#: How a step reaches Dapr: by a sidecar container of its pod, by one that Dapr's injector adds, by one for all.
SIDECARS = (NATIVE, INJECTED, SHARED)


@dataclass(frozen=True, slots=True)
class ArgoCD:
    """What the Application of an environment says.

    `repository` is the URL that Argo CD reads and `folder` the project's place in it, empty for its root.
    `namespace` is where Argo CD runs, `server` the cluster that it deploys to. `automated` syncs by itself, `prune`
    removes what git no longer has, `self_heal` undoes edits in the cluster.
    """

    repository: str = ""
    folder: str = ""
    namespace: str = "argocd"
    server: str = "https://kubernetes.default.svc"
    automated: bool = True
    prune: bool = True
    self_heal: bool = True


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where and how pods run.

    `image` is a repository without a tag, which is always the commit. `cpu` and `memory` are what a step gets that
    asks for nothing, in Kubernetes quantities; `gpus` tells whether there are any. `sidecar` is one of SIDECARS:
    `sidecar_image` is what a native one runs, `sidecar_endpoint` the gRPC address of a shared one. `retries` are those
    of lost pods and unreachable parts; `timeout` bounds, in seconds, a step that has none of its own. `schedules` can
    be off. `poll` is the cron expression of looking for new batches. `kustomize` is a folder of the project with a
    kustomize Component, which changes what is deployed.
    """

    namespace: str = ""
    image: str = ""
    cpu: str = "1"
    memory: str = "2Gi"
    gpus: bool = False
    sidecar: str = NATIVE
    sidecar_image: str = "docker.io/daprio/daprd:1.14.4"
    sidecar_endpoint: str = ""
    retries: int = 5
    timeout: int = 86_400
    schedules: bool = True
    poll: str = "*/5 * * * *"
    kustomize: str = ""
    argocd: ArgoCD = ArgoCD()


@dataclass(frozen=True, slots=True)
class Target:
    """An environment that pods run in.

    `components` are the files of its Dapr components, by name. `has_secrets`: it has a component that holds secrets.
    """

    name: str
    deployment: Deployment
    components: tuple[tuple[str, str], ...] = ()
    has_secrets: bool = False


@dataclass(frozen=True, slots=True)
class Deployments:
    """Where the pipelines of a project run, sorted by name. `project` is the name that its keys begin with."""

    project: str = ""
    targets: tuple[Target, ...] = ()


NOWHERE = Deployments()


def object_name(pipeline: Pin) -> str:
    """The name of what runs a pipeline on a cluster: `train-digits-v1`."""
    return f"{pipeline.name}-v{pipeline.line.replace('.', '-')}"
