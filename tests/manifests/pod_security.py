"""The restricted Pod Security Standard, rule by rule.

The rules and their allowed values are those of https://kubernetes.io/docs/concepts/security/pod-security-standards/
for Kubernetes 1.34: all of "baseline", then "restricted".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from manifest_values import entries, mapping, objects, text
from pods import Container, Pod

_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_PROFILES = ("RuntimeDefault", "Localhost")
_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}

Context = Mapping[str, Any]


def findings(pod: Pod) -> Iterator[str]:
    """What the namespace's admission would refuse, each with the place."""
    for of_pod in _OF_PODS:
        for problem in of_pod(pod):
            yield f"{pod.where}: {problem}"
    contexts = [(pod.where, mapping(pod.spec, "securityContext"))]
    contexts += [(one.where, _context(one)) for one in pod.containers]
    for where, context in contexts:
        for of_context in _OF_CONTEXTS:
            yield from (f"{where}: {problem}" for problem in of_context(context))
    for container in pod.containers:
        for of_container in _OF_CONTAINERS:
            yield from (f"{container.where}: {problem}" for problem in of_container(container, pod))


def _context(container: Container) -> Context:
    return mapping(container.spec, "securityContext")


# Of a pod


def _host_namespaces(pod: Pod) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(field):
            yield f"{field} is set"


def _volume_types(pod: Pod) -> Iterator[str]:
    for volume in objects(pod.spec, "volumes"):
        refused = sorted(volume.keys() - _VOLUMES - {"name"})
        if refused:
            yield f"the volume {text(volume, 'name')} is a {refused[0]}"


def _apparmor_annotations(pod: Pod) -> Iterator[str]:
    for name, value in mapping(pod.metadata, "annotations").items():
        if (
            name.startswith(_APPARMOR_ANNOTATION)
            and value != "runtime/default"
            and not str(value).startswith("localhost/")
        ):
            yield f"the annotation {name} is {value}"


def _sysctls(pod: Pod) -> Iterator[str]:
    for sysctl in objects(pod.spec, "securityContext", "sysctls"):
        if text(sysctl, "name") not in _SYSCTLS:
            yield f"the sysctl {sysctl.get('name')} is not a safe one"


# Of a security context, the pod's or a container's


def _host_process(context: Context) -> Iterator[str]:
    if mapping(context, "windowsOptions").get("hostProcess"):
        yield "windowsOptions.hostProcess is set"


def _apparmor(context: Context) -> Iterator[str]:
    profile = mapping(context, "appArmorProfile").get("type")
    if profile is not None and profile not in _PROFILES:
        yield f"appArmorProfile is {profile}"


def _selinux(context: Context) -> Iterator[str]:
    options = mapping(context, "seLinuxOptions")
    if options.get("type", "") not in _SELINUX_TYPES:
        yield f"seLinuxOptions.type is {options['type']}"
    yield from (f"seLinuxOptions.{field} is set" for field in ("user", "role") if options.get(field))


def _root_user(context: Context) -> Iterator[str]:
    if context.get("runAsUser") == 0:
        yield "runAsUser is 0, which is root"


def _unconfined(context: Context) -> Iterator[str]:
    profile = mapping(context, "seccompProfile").get("type")
    if profile is not None and profile not in _PROFILES:
        yield f"seccompProfile is {profile}"


# Of a container, which may have from its pod what it does not say itself


def _privileged(container: Container, pod: Pod) -> Iterator[str]:
    if _context(container).get("privileged"):
        yield "privileged is set"


def _escalation(container: Container, pod: Pod) -> Iterator[str]:
    if _context(container).get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"


def _capabilities(container: Container, pod: Pod) -> Iterator[str]:
    if "ALL" not in entries(_context(container), "capabilities", "drop"):
        yield "capabilities.drop does not hold ALL"
    for added in entries(_context(container), "capabilities", "add"):
        if added != "NET_BIND_SERVICE":
            yield f"capabilities.add holds {added}"


def _non_root(container: Container, pod: Pod) -> Iterator[str]:
    if not _own_or_pods(container, pod, "runAsNonRoot"):
        yield "runAsNonRoot is not true"


def _seccomp(container: Container, pod: Pod) -> Iterator[str]:
    if not _own_or_pods(container, pod, "seccompProfile"):
        yield "no seccompProfile"


def _proc_mount(container: Container, pod: Pod) -> Iterator[str]:
    if _context(container).get("procMount", "Default") != "Default":
        yield f"procMount is {_context(container)['procMount']}"


def _host_ports(container: Container, pod: Pod) -> Iterator[str]:
    for port in objects(container.spec, "ports"):
        if port.get("hostPort"):
            yield f"hostPort {port['hostPort']}"


def _hosts_of_probes(container: Container, pod: Pod) -> Iterator[str]:
    probes = {field: mapping(container.spec, field) for field in ("livenessProbe", "readinessProbe", "startupProbe")}
    hooks = {f"lifecycle.{field}": mapping(container.spec, "lifecycle", field) for field in ("postStart", "preStop")}
    for field, handler in (probes | hooks).items():
        for way in ("httpGet", "tcpSocket"):
            if text(handler, way, "host"):
                yield f"{field}.{way}.host is set"


def _own_or_pods(container: Container, pod: Pod, field: str) -> Any:
    return _context(container).get(field, mapping(pod.spec, "securityContext").get(field))


_OF_PODS: tuple[Callable[[Pod], Iterator[str]], ...] = (
    _host_namespaces,
    _volume_types,
    _apparmor_annotations,
    _sysctls,
)
_OF_CONTEXTS: tuple[Callable[[Context], Iterator[str]], ...] = (
    _host_process,
    _apparmor,
    _selinux,
    _root_user,
    _unconfined,
)
_OF_CONTAINERS: tuple[Callable[[Container, Pod], Iterator[str]], ...] = (
    _privileged,
    _escalation,
    _capabilities,
    _non_root,
    _seccomp,
    _proc_mount,
    _host_ports,
    _hosts_of_probes,
)
