"""What each container and pod must have, beyond what Kubernetes asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from manifest_values import mapping, names, objects, text
from pods import Container, Pod

MEASURED = ("cpu", "memory")
SIDECAR = "daprd"
_TAG = re.compile(r"\{\{.*?\}\}")
_QUANTITY = re.compile(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]|[KMGTPE]i)?")
_UNITS = {
    **{
        unit: Decimal(1000) ** power for power, unit in enumerate(["n", "u", "m", "", "k", "M", "G", "T", "P", "E"], -3)
    },
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def quantity(written: Any) -> Decimal | None:
    """A Kubernetes quantity such as 2Gi or "500m" in its base unit; None if it is none or holds a tag."""
    found = _QUANTITY.fullmatch(str(written))
    try:
        return Decimal(found[1]) * _UNITS[found[2] or ""] if found else None
    except InvalidOperation:
        return None


def resources(container: Container) -> Iterator[str]:
    """Requests and limits of processor and memory, and no request above its limit."""
    requests = mapping(container.spec, "resources", "requests")
    limits = mapping(container.spec, "resources", "limits")
    for field, given in (("request", requests), ("limit", limits)):
        missing = [name for name in MEASURED if name not in given]
        if missing:
            yield f"no {field} of {' and '.join(missing)}"
    for name in requests.keys() & limits.keys():
        requested, limited = quantity(requests[name]), quantity(limits[name])
        if requested is not None and limited is not None and requested > limited:
            yield f"requests {requests[name]} of {name}, more than its limit {limits[name]}"


def image(container: Container) -> Iterator[str]:
    """An image that stays what it is: with a tag other than latest, or a digest."""
    written = text(container.spec, "image")
    name, _, digest = _TAG.sub("TAG", written).partition("@")
    tag = name.rsplit("/", 1)[-1].partition(":")[2]
    if not written:
        yield "no image"
    elif not digest and tag in ("", "latest"):
        yield f"the image {written} has {'the tag latest' if tag else 'no tag'}"


def command(container: Container) -> Iterator[str]:
    """A command of its own: without one Argo asks a registry for the image's."""
    if not container.spec.get("command") and not text(container.spec, "source"):
        yield "no command"


def read_only_root(container: Container) -> Iterator[str]:
    """A root file system that cannot be written."""
    if mapping(container.spec, "securityContext").get("readOnlyRootFilesystem") is not True:
        yield "its root file system is not read-only"


def restart_policy(container: Container) -> Iterator[str]:
    """Always makes a native sidecar of an init container; there is no other use of it before Kubernetes 1.35."""
    policy = container.spec.get("restartPolicy")
    if policy is not None and (policy != "Always" or container.role != "initContainers"):
        yield f"restartPolicy {policy} in {container.role}: only Always, and only in initContainers"


def mounts(pod: Pod) -> Iterator[str]:
    """Volumes have names of their own, and what is mounted is one of them, at a place of its own."""
    volumes = names(pod.spec, "volumes")
    for name in _repeated(volumes):
        yield f"{pod.where}: two volumes are called {name}"
    for container in pod.containers:
        mounted = objects(container.spec, "volumeMounts")
        for mount in mounted:
            if text(mount, "name") not in volumes:
                yield f"{container.where}: mounts {text(mount, 'name')}, which is no volume of the pod"
        for path in _repeated([text(mount, "mountPath") for mount in mounted]):
            yield f"{container.where}: mounts two volumes at {path}"


def container_names(pod: Pod) -> Iterator[str]:
    """Containers have names of their own."""
    for name in _repeated([container.name for container in pod.containers]):
        yield f"{pod.where}: two containers are called {name}"


def sidecar(pod: Pod, mode: str, config_maps: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A step's way to its Dapr: `native`, `injected` or `shared`, as the platform page has them.

    `config_maps` are the data of those that are applied with it, by name: variables may come from them.
    """
    missing = _shared(pod, config_maps) if mode == "shared" else {"native": _native, "injected": _injected}[mode](pod)
    if pod.is_step and missing:
        yield f"{pod.where}: {missing}"


def _native(pod: Pod) -> str:
    for container in pod.containers:
        if container.name == SIDECAR:
            if container.role != "initContainers" or container.spec.get("restartPolicy") != "Always":
                return f"{SIDECAR} is no native sidecar: an init container with restartPolicy Always"
            return "" if mapping(container.spec, "startupProbe") else f"{SIDECAR} has no startupProbe"
    return f"no sidecar {SIDECAR}"


def _injected(pod: Pod) -> str:
    annotations: Mapping[str, Any] = mapping(pod.metadata, "annotations")
    wanted = {"dapr.io/enabled": "true", "dapr.io/enable-native-sidecar": "true"}
    missing = [name for name, value in wanted.items() if annotations.get(name) != value]
    if missing:
        return f"no annotation {' and '.join(missing)} with the value true"
    # https://docs.dapr.io/reference/arguments-annotations-overview/
    asked = [f"dapr.io/sidecar-{name}-{kind}" for kind in ("request", "limit") for name in MEASURED]
    missing = [name for name in asked if quantity(annotations.get(name)) is None]
    return f"no annotation {' and '.join(missing)} with a quantity" if missing else ""


def _shared(pod: Pod, config_maps: Mapping[str, Mapping[str, Any]]) -> str:
    given = {name for container in pod.containers for name in names(container.spec, "env")}
    taken = [one for container in pod.containers for one in objects(container.spec, "envFrom")]
    given |= {name for one in taken for name in config_maps.get(text(one, "configMapRef", "name"), {})}
    return "" if "DAPR_GRPC_ENDPOINT" in given else "no DAPR_GRPC_ENDPOINT in its environment"


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
