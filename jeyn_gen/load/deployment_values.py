"""What the table of an environment that runs pods must say, and what it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from jeyn.environments import Environment
from jeyn.errors import AskError
from jeyn.model.deployment import NATIVE, SHARED, ArgoCD, Deployment
from jeyn.model.names import is_name
from jeyn.model.object_url import checked_url
from jeyn.model.running import YEAR
from jeyn_gen.load.credentials import holds_credential
from jeyn_gen.load.cron import cron_problem
from jeyn_gen.load.schedules import CRON
from jeyn_gen.load.step_fields import quantity_problem

# https://github.com/distribution/reference: host[:port]/path, without tag and digest.
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*(?::\d{{1,5}})?/)?{_PART}(?:/{_PART})*")
_PINNED = re.compile(
    rf"(?:{_IMAGE.pattern})(?::\w[\w.-]{{0,127}}|(?::\w[\w.-]{{0,127}})?@sha256:[0-9a-f]{{64}})", re.ASCII
)
_MOST_OF_AN_IMAGE = 255 - 64  # what the name of a target may add
_ADDRESS = re.compile(r"(?:https?://|dns:(?://[^/\s]*/)?)?[A-Za-z0-9.-]+(?::\d{1,5})?(?:\?tls=(?:true|false))?")
_REPOSITORY = re.compile(r"(?:https?|ssh|git|file|oci)://[^\s{}$]+|[\w.-]+@[\w.-]+:[^\s{}$]+", re.ASCII)
#: A folder below another.
FOLDER = re.compile(r"(?:(?!\.{1,2}(?:/|$))[\w.@ +-]+(?:/(?!\.{1,2}(?:/|$))[\w.@ +-]+)*)?")
_SERVER = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[^\s]*)?")
_SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")
_PORTS = {"https": 443, "http": 80}
_MOST_RETRIES = 100
#: The key that is wrong, a code, what is wrong and how to mend it.
_Problem = tuple[str, str, str, str]


def lacking(environment: Environment, found: Deployment) -> Iterator[_Problem]:
    """What pods need and the table does not have, each by the key beside which it is missed."""
    table = f"[tool.jeyn.environments.{environment.name}.argocd]"
    if not found.namespace:
        yield "", "JYN802", "it has no namespace that its pods run in", 'add `namespace = "NAME"`'
    if not found.image:
        yield "", "JYN802", "it has no repository of images", 'add `image = "REGISTRY/NAME"`, without a tag'
    if not environment.state_store:
        yield "", "JYN802", "its ledger is a file, which ends with each pod", 'add `state_store = "COMPONENT"` of Dapr'
    if not environment.blobs.partition("://")[1]:
        yield "blobs", "JYN802", "its blobs are in a folder, which ends with each pod", 'add `blobs = "s3://BUCKET"`'
    if not found.argocd.repository:
        yield "", "JYN802", "it does not say what Argo CD reads", f'add {table} with `repository = "URL"`'
    if found.sidecar == SHARED and not found.sidecar_endpoint:
        yield "sidecar", "JYN802", "a shared sidecar has no address", 'add `sidecar_endpoint = "HOST:PORT"`'


def impossible(environment: Environment, found: Deployment) -> Iterator[_Problem]:
    """Values that cannot be."""
    yield from _impossible_places(environment, found)
    yield from _impossible_for_pods(found)
    yield from _impossible_for_sidecars(found)
    yield from _impossible_for_argocd(found.argocd)


def _impossible_places(environment: Environment, found: Deployment) -> Iterator[_Problem]:
    for key, namespace in (("namespace", found.namespace), ("argocd.namespace", found.argocd.namespace)):
        if not is_name(namespace) and (namespace or key != "namespace"):
            yield key, "JYN801", f"{namespace!r} is not the name of a namespace", "use a DNS label"
    if found.namespace in _SYSTEM or found.namespace == found.argocd.namespace:
        yield "namespace", "JYN801", f"{found.namespace!r} belongs to others", "give the pods a namespace of their own"
    if "://" in environment.blobs:
        try:
            checked_url(environment.blobs)
        except AskError as error:
            yield "blobs", "JYN801", error.message, error.fix
    if found.image and (not _IMAGE.fullmatch(found.image) or len(found.image) > _MOST_OF_AN_IMAGE):
        fix = "write REGISTRY/NAME in lower case, without a scheme, and without a tag, which is always the commit"
        yield "image", "JYN801", f"{found.image[:80]!r} is no repository of images", fix


def _impossible_for_pods(found: Deployment) -> Iterator[_Problem]:
    for key in ("cpu", "memory"):
        if problem := quantity_problem(key, getattr(found, key)):
            yield key, "JYN801", *problem
    if not CRON.fullmatch(found.poll) or cron_problem(found.poll):
        yield "poll", "JYN801", f"{found.poll!r} is no cron expression", 'write five fields, such as "*/5 * * * *"'
    if not 0 <= found.retries <= _MOST_RETRIES:
        yield "retries", "JYN801", f"{found.retries} cannot be a number of retries", f"write 0 to {_MOST_RETRIES}"
    if not 0 < found.timeout <= YEAR:
        yield "timeout", "JYN801", f"{found.timeout} cannot be a number of seconds", "write one of at most a year"


def _impossible_for_sidecars(found: Deployment) -> Iterator[_Problem]:
    if found.sidecar == NATIVE:
        image = found.sidecar_image
        if not _PINNED.fullmatch(image) or image.endswith(":latest"):
            yield "sidecar_image", "JYN801", f"{image!r} does not say which version", "name a version as its tag"
    if found.sidecar == SHARED and found.sidecar_endpoint and not _ADDRESS.fullmatch(found.sidecar_endpoint):
        yield "sidecar_endpoint", "JYN801", f"{found.sidecar_endpoint!r} is no address", "write HOST:PORT"


def _impossible_for_argocd(found: ArgoCD) -> Iterator[_Problem]:
    if found.repository and not _REPOSITORY.fullmatch(found.repository):
        yield (
            "argocd.repository",
            "JYN801",
            "its repository is no URL that Argo CD reads",
            "write https://, ssh:// or git@HOST:PATH",
        )
    elif holds_credential(found.repository):
        fix = "give them to Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/private-repositories/"
        yield (
            "argocd.repository",
            "JYN801",
            "its repository holds credentials, which would be in manifests and in the record",
            fix,
        )
    if not FOLDER.fullmatch(found.folder):
        fix = "write the project's folder in the repository, such as ml/digits"
        yield "argocd.folder", "JYN801", f"{found.folder!r} is no folder of a repository", fix
    if not _SERVER.fullmatch(found.server) or same_server(found.server) is None:
        yield "argocd.server", "JYN801", f"{found.server!r} is no address of a cluster", "write its https:// URL"


def same_server(url: str) -> tuple[str, str, int, str] | None:
    """What two spellings of one cluster's address have in common; None for a URL that is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return (
        parts.scheme,
        parts.hostname or "",
        _PORTS.get(parts.scheme, 0) if port is None else port,
        parts.path.rstrip("/"),
    )
