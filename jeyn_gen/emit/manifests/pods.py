"""The pods of steps: the container that runs `jeyn step`, its sidecar, and what a strict cluster asks of both.

Every rule of the restricted Pod Security Standard is kept:
https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jeyn.model import cluster_names
from jeyn.model.definitions import Resources
from jeyn.model.deployment import INJECTED, NATIVE, SHARED
from jeyn.model.running import Placement
from jeyn_gen.emit.manifests import names

#: Where the main container may write: the root is read-only.
SCRATCH = "/tmp"  # noqa: S108  # a volume of the pod's own is mounted there
OUTPUTS = f"{SCRATCH}/outputs"
#: Where it reads what people, steps and Argo say: in an argument Kubernetes would put variables, secrets among them,
#: for each `$(NAME)`, and Linux takes at most 128 KiB of one.
HANDED = "/handed"
#: Where Kubernetes reads why a container ended.
MESSAGE = "/dev/termination-log"
_COMPONENTS = "/components"
_GRPC, _HTTP, _HEALTH, _METRICS = 50001, 3500, 3501, 9091
#: Exit codes of `jeyn step` that trying again does not change: the user's error, a wrong question, a bug.
_SETTLED = ("1", "2", "3")
#: Seconds that a pod has to start and to end, beside the time of its step, which ends by itself.
START = 600
#: What a Dapr sidecar asks for, and the most that it gets.
_SIDECAR_REQUESTS = {"cpu": "50m", "memory": "128Mi"}
_SIDECAR_LIMITS = {"cpu": "1", "memory": "512Mi"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What pods have in common that share a template.

    `files` are names of files that Argo writes below HANDED, with what is in them, `outputs` the names of those that it
    reads. `timeout` is in seconds that the work can take, 0 if it is the environment that says so.
    """

    arguments: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    resources: Resources = Resources()
    placement: Placement = Placement()
    timeout: int = 0


def template(name: str, shape: Shape) -> Any:
    """The template of a pod: what it has of its own, beside what `defaults` gives to all."""
    from hera.workflows import models as argo

    return argo.Template(
        name=name,
        inputs=_inputs(shape),
        outputs=_outputs(shape.outputs),
        active_deadline_seconds=as_text(shape.timeout + START) if shape.timeout else None,
        retry_strategy=_retries(),
        node_selector=dict(shape.placement.node_selector) or None,
        tolerations=_tolerations(shape.placement) or None,
        container=argo.Container(
            image=f"{names.image_name(shape.placement.image)}:{names.UNSET}",
            command=["jeyn"],
            args=list(shape.arguments),
            resources=_resources(shape.resources),
        ),
    )


def defaults(sidecar: str) -> Any:
    """What Argo merges into every template of a workflow.

    Resources and time are for those that ask for none; kustomize sets them, and the tag of the image.
    """
    from hera.workflows import models as argo

    unset = {"cpu": "0", "memory": "0"}
    return argo.Template(
        active_deadline_seconds=as_text(0),
        container=argo.Container(
            image=f"{names.IMAGE}:{names.UNSET}",
            env=[argo.EnvVar(name=name, value=value) for name, value in _variables(sidecar).items()],
            env_from=[
                argo.EnvFromSource(config_map_ref=argo.ConfigMapEnvSource(name=cluster_names.ENVIRONMENT)),
                argo.EnvFromSource(secret_ref=argo.SecretEnvSource(name=cluster_names.SECRETS, optional=True)),
            ],
            resources=quantities(unset, unset),
            security_context=locked(),
            volume_mounts=[argo.VolumeMount(name="scratch", mount_path=SCRATCH)],
        ),
        init_containers=[_sidecar()] if sidecar == NATIVE else None,
    )


def as_text(number: int) -> Any:
    """A number as the text that Argo takes for one too: its published schema knows only that of the two."""
    return str(number)


def pod_labels(pipeline: str) -> dict[str, str]:
    """Labels of the pods of a pipeline."""
    return {"app.kubernetes.io/name": pipeline, "app.kubernetes.io/managed-by": "jeyn", names.LABEL: pipeline}


def pod_annotations(sidecar: str) -> dict[str, str]:
    """Annotations of all pods: the commit, and what Dapr's injector asks for."""
    found = {cluster_names.COMMIT: names.UNSET}
    if sidecar == INJECTED:
        found |= {"dapr.io/enabled": "true", "dapr.io/app-id": "jeyn", "dapr.io/enable-native-sidecar": "true"}
        for kind, given in (("request", _SIDECAR_REQUESTS), ("limit", _SIDECAR_LIMITS)):
            found |= {f"dapr.io/sidecar-{name}-{kind}": quantity for name, quantity in given.items()}
    return found


def security() -> Any:
    """What the pod as a whole may do."""
    from hera.workflows import models as argo

    return argo.PodSecurityContext(
        run_as_non_root=True,
        run_as_user=65532,
        run_as_group=65532,
        fs_group=65532,
        seccomp_profile=argo.SeccompProfile(type="RuntimeDefault"),
    )


def volumes(sidecar: str) -> list[Any]:
    """The volumes of every pod."""
    from hera.workflows import models as argo

    found = [argo.Volume(name="scratch", empty_dir=argo.EmptyDirVolumeSource())]
    if sidecar == NATIVE:
        found.append(
            argo.Volume(name="components", config_map=argo.ConfigMapVolumeSource(name=cluster_names.COMPONENTS))
        )
    return found


def locked() -> Any:
    """What a container may do: nothing that needs a privilege, and no writing but to its volumes."""
    from hera.workflows import models as argo

    return argo.SecurityContext(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=argo.Capabilities(drop=["ALL"]),
    )


def quantities(requests: Mapping[str, Any], limits: Mapping[str, Any]) -> Any:
    """The resources of a container."""
    from hera.workflows import models as argo

    return argo.ResourceRequirements(requests=dict(requests), limits=dict(limits))


def plain(model: Any) -> dict[str, Any]:
    """What a model of Argo's objects says, as plain values."""
    found: dict[str, Any] = model.model_dump(exclude_none=True, by_alias=True, mode="json")
    return found


def _variables(sidecar: str) -> dict[str, str]:
    found = {
        "HOME": SCRATCH,
        "JEYN_STATE": f"{SCRATCH}/jeyn",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if sidecar != SHARED:
        found |= {"DAPR_GRPC_PORT": str(_GRPC), "DAPR_HTTP_PORT": str(_HTTP)}
    return found


def _sidecar() -> Any:
    """The Dapr sidecar as an init container that goes on: it is up before the step begins, and ends with the pod."""
    from hera.workflows import models as argo

    ports = {
        "dapr-http-port": _HTTP,
        "dapr-grpc-port": _GRPC,
        # The kubelet calls the pod's address, where only health and metadata are served.
        "dapr-public-port": _HEALTH,
        "metrics-port": _METRICS,
    }
    local = ("dapr-listen-addresses", "dapr-internal-grpc-listen-address", "metrics-listen-address")
    args = [
        "--app-id=jeyn",
        f"--resources-path={_COMPONENTS}",
        *(f"--{option}={port}" for option, port in ports.items()),
        *(f"--{option}=127.0.0.1" for option in local),
        "--dapr-public-listen-address=0.0.0.0",
        "--log-as-json",
    ]
    return argo.UserContainer(
        name="daprd",
        image=f"{names.SIDECAR_IMAGE}:{names.UNSET}",
        command=["/daprd"],
        args=args,
        restart_policy="Always",
        env_from=[argo.EnvFromSource(secret_ref=argo.SecretEnvSource(name=cluster_names.SECRETS, optional=True))],
        resources=quantities(_SIDECAR_REQUESTS, _SIDECAR_LIMITS),
        security_context=locked(),
        startup_probe=argo.Probe(
            http_get=argo.HTTPGetAction(path="/v1.0/healthz/outbound", port=_HEALTH),
            period_seconds=1,
            failure_threshold=120,
        ),
        volume_mounts=[argo.VolumeMount(name="components", mount_path=_COMPONENTS, read_only=True)],
    )


def _resources(wanted: Resources) -> Any:
    """Requests and limits are the same, so that what a step was given is not taken away."""
    given = {"cpu": wanted.cpu, "memory": wanted.memory, "nvidia.com/gpu": str(wanted.gpu or "")}
    own = {name: quantity for name, quantity in given.items() if quantity}
    return quantities(own, own) if own else None


def _retries() -> Any:
    """Lost pods and unreachable parts are tried again; how often is the environment's, and set by kustomize."""
    from hera.workflows import models as argo

    listed = ", ".join(f"'{code}'" for code in _SETTLED)
    return argo.RetryStrategy(
        limit=as_text(0),
        retry_policy="Always",
        expression=f"lastRetry.exitCode not in [{listed}]",
        backoff=argo.Backoff(duration="10s", factor=as_text(2), cap="5m"),
    )


def _inputs(shape: Shape) -> Any:
    from hera.workflows import models as argo

    files = [
        argo.Artifact(name=name, path=f"{HANDED}/{name}", raw=argo.RawArtifact(data=data)) for name, data in shape.files
    ]
    parameters = [argo.Parameter(name=one) for one in shape.inputs]
    return argo.Inputs(parameters=parameters or None, artifacts=files or None) if parameters or files else None


def _outputs(outputs: Iterable[str]) -> Any:
    from hera.workflows import models as argo

    found = [argo.Parameter(name=one, value_from=argo.ValueFrom(path=f"{OUTPUTS}/{one}")) for one in outputs]
    return argo.Outputs(parameters=found) if found else None


def _tolerations(placement: Placement) -> list[Any]:
    from hera.workflows import models as argo

    return [
        argo.Toleration(
            key=one.key or None,
            operator=one.operator,
            value=one.value or None,
            effect=one.effect or None,
            toleration_seconds=one.seconds,
        )
        for one in placement.tolerations
    ]
