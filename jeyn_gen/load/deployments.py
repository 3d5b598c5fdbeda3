"""Where the pipelines of a project run, as its pyproject.toml says, and what is wrong with that."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jeyn.environments import Environment, SettingError, project_table, read_environment
from jeyn.errors import AskError
from jeyn.model.deployment import NATIVE, NOWHERE, SHARED, ArgoCD, Deployment, Deployments, Target
from jeyn.model.names import is_name
from jeyn.model.object_url import checked_url
from jeyn.model.running import YEAR
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.cron import cron_problem
from jeyn_gen.load.dapr_components import read_components
from jeyn_gen.load.schedules import CRON
from jeyn_gen.load.step_fields import quantity_problem
from jeyn_gen.load.toml_places import TomlPlaces

FILE = "pyproject.toml"
_TABLE = "tool.jeyn.environments"
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
_CREDENTIALS = re.compile(r"://[^/@]*:[^/@]*@")
_FOLDER = re.compile(r"(?:(?!\.{1,2}(?:/|$))[\w.@ +-]+(?:/(?!\.{1,2}(?:/|$))[\w.@ +-]+)*)?")
_SERVER = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[^\s]*)?")
_KUSTOMIZATION = "kustomization.yaml"
_IS_COMPONENT = re.compile(r"^kind:\s*[\"']?Component\b", re.MULTILINE)
_SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")
_MOST_RETRIES = 100
#: The key that is wrong, a code, what is wrong and how to mend it.
_Problem = tuple[str, str, str, str]


def read_deployments(root: Path, findings: list[Finding]) -> Deployments:
    """The environments of a project that run pods; what is wrong with its settings is a finding."""
    try:
        text = (root / FILE).read_text(encoding="utf-8")
        tool = tomllib.loads(text).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):  # told by whoever looks for the project
        return NOWHERE
    where = TomlPlaces(FILE, text)
    try:
        project, tables = project_table(tool)
    except SettingError as error:
        place = where.of(f"tool.jeyn.{error.key}" if error.key else "tool.jeyn")
        findings.append(made(place, "JYN801", error.message, error.fix))
        return NOWHERE
    targets = [one for name in sorted(tables) if (one := _target(root, name, tables, where, findings)) is not None]
    _check_namespaces(targets, where, findings)
    if targets and not project:
        message = "the project has no name, which all that it has on a cluster is labelled with"
        place = where.of(f"{_TABLE}.{targets[0].name}")
        findings.append(made(place, "JYN802", message, 'add `project = "NAME"` to [tool.jeyn]'))
        return NOWHERE
    return Deployments(project, tuple(targets))


def _target(root: Path, name: str, tables: dict[str, Any], where: TomlPlaces, findings: list[Finding]) -> Target | None:
    try:
        environment = read_environment(tables, name)
    except SettingError as error:
        place = where.of(".".join(filter(None, (_TABLE, name, error.key))))
        findings.append(made(place, "JYN801", error.message, error.fix))
        return None
    if environment.deployment is None:
        return None
    before = len(findings)
    _check(environment, environment.deployment, where, findings)
    components: tuple[tuple[str, str], ...] = ()
    if environment.deployment.sidecar == NATIVE and environment.state_store:
        components = read_components(root, environment, lambda key: where.of(f"{_TABLE}.{name}.{key}"), findings)
    _check_kustomize(root, environment, where, findings)
    if len(findings) > before:
        return None
    return Target(name, environment.deployment, components, bool(environment.secrets))


def _check_kustomize(root: Path, environment: Environment, where: TomlPlaces, findings: list[Finding]) -> None:
    folder = environment.deployment.kustomize if environment.deployment else ""
    if not folder:
        return
    file = root / folder / _KUSTOMIZATION
    if not _FOLDER.fullmatch(folder):
        why = "is no folder of the project"
    elif not file.is_file():
        why = f"holds no {_KUSTOMIZATION}"
    elif not _IS_COMPONENT.search(file.read_text(encoding="utf-8", errors="replace")):
        why = f"holds a {_KUSTOMIZATION} that is no Component"
    else:
        return
    message = f"environment `{environment.name}`: {folder[:80]!r} {why}"
    fix = "write a Component there: https://kubectl.docs.kubernetes.io/guides/config_management/components/"
    findings.append(made(where.of(f"{_TABLE}.{environment.name}.kustomize"), "JYN801", message, fix))


def _check_namespaces(targets: Iterable[Target], where: TomlPlaces, findings: list[Finding]) -> None:
    taken: dict[tuple[str, str], str] = {}
    for target in targets:
        place = target.deployment.argocd.server.rstrip("/"), target.deployment.namespace
        other = taken.setdefault(place, target.name)
        if other != target.name:
            message = f"environments `{other}` and `{target.name}` are both in namespace {place[1]!r}"
            findings.append(made(where.of(f"{_TABLE}.{target.name}.namespace"), "JYN805", message))


def _check(environment: Environment, found: Deployment, where: TomlPlaces, findings: list[Finding]) -> None:
    for key, code, message, fix in [*_lacking(environment, found), *_impossible(environment, found)]:
        place = where.of(".".join(filter(None, (_TABLE, environment.name, key))))
        findings.append(made(place, code, f"environment `{environment.name}`: {message}", fix))


def _lacking(environment: Environment, found: Deployment) -> Iterator[_Problem]:
    """What pods need and the table does not have, each by the key beside which it is missed."""
    table = f"[{_TABLE}.{environment.name}.argocd]"
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


def _impossible(environment: Environment, found: Deployment) -> Iterator[_Problem]:
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
    elif _CREDENTIALS.search(found.repository):
        fix = "give them to Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/private-repositories/"
        yield (
            "argocd.repository",
            "JYN801",
            "its repository holds credentials, which would be in manifests and in the record",
            fix,
        )
    if not _FOLDER.fullmatch(found.folder):
        fix = "write the project's folder in the repository, such as ml/digits"
        yield "argocd.folder", "JYN801", f"{found.folder!r} is no folder of a repository", fix
    if not _SERVER.fullmatch(found.server):
        yield "argocd.server", "JYN801", f"{found.server!r} is no address of a cluster", "write its https:// URL"
