"""Where the pipelines of a project run, as its pyproject.toml says, and what is wrong with that."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jeyn.environments import Environment, read_environment
from jeyn.errors import AskError
from jeyn.model.deployment import NATIVE, NOWHERE, SHARED, Deployment, Deployments, Target
from jeyn.model.names import is_name
from jeyn.model.running import YEAR
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load.cron import cron_problem
from jeyn_gen.load.schedules import CRON
from jeyn_gen.load.step_fields import QUANTITY

FILE = "pyproject.toml"
#: The folder of Dapr components.
COMPONENTS = "components"
_TABLE = "tool.jeyn.environments"
# https://github.com/distribution/reference: host[:port]/path, without tag and digest.
_IMAGE = re.compile(r"(?:[a-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
_TAGGED = re.compile(rf"{_IMAGE.pattern}:[\w.-]+")
_COMPONENT_SUFFIXES = (".yaml", ".yml")
_MOST_RETRIES = 100
#: The key that is wrong, a code, what is wrong and how to mend it.
_Problem = tuple[str, str, str, str]


class _Where:
    """The lines of tables and keys, which tomllib does not tell."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def of(self, environment: str, key: str = "") -> Location:
        """The line of a key in the table of an environment; of the table, where it is written otherwise."""
        header = re.compile(rf"\s*\[\s*tool\s*\.\s*jeyn\s*\.\s*environments\s*\.\s*[\"']?{re.escape(environment)}\b")
        found = 0
        for number, line in enumerate(self._lines, start=1):
            if header.match(line):
                found = found or number
            elif found and line.lstrip().startswith("["):
                break
            elif found and key and re.match(rf"\s*[\"']?{re.escape(key)}\b", line):
                return Location(FILE, number, len(line) - len(line.lstrip()) + 1)
        return Location(FILE, found or 1, 1)


def read_deployments(root: Path, findings: list[Finding]) -> Deployments:
    """The environments of a project that run pods. What is not TOML is told by whoever reads the settings."""
    try:
        text = (root / FILE).read_text(encoding="utf-8")
        tool = tomllib.loads(text).get("tool", {}).get("jeyn", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return NOWHERE
    tables = tool.get("environments", {}) if isinstance(tool, dict) else {}
    if not isinstance(tables, dict):
        return NOWHERE
    where = _Where(text)
    targets = [one for name in sorted(tables) if (one := _target(root, name, tables, where, findings)) is not None]
    _check_namespaces(targets, where, findings)
    project = tool.get("project")
    if targets and not isinstance(project, str):
        message = "the project has no name, which all that it has on a cluster is labelled with"
        findings.append(made(where.of(targets[0].name), "JYN802", message, 'add `project = "NAME"` to [tool.jeyn]'))
        return NOWHERE
    return Deployments(str(project), tuple(targets))


def _target(root: Path, name: str, tables: dict[str, Any], where: _Where, findings: list[Finding]) -> Target | None:
    try:
        environment = read_environment(tables, name)
    except AskError as error:
        findings.append(made(where.of(name), "JYN801", str(error).splitlines()[0], error.fix))
        return None
    if environment.deployment is None:
        return None
    before = len(findings)
    _check(environment, environment.deployment, where, findings)
    components = _components(root, environment, environment.deployment, where, findings)
    if len(findings) > before:
        return None
    return Target(name, environment.deployment, components, bool(environment.secrets))


def _check_namespaces(targets: Iterable[Target], where: _Where, findings: list[Finding]) -> None:
    taken: dict[tuple[str, str], str] = {}
    for target in targets:
        place = target.deployment.argocd.server, target.deployment.namespace
        other = taken.setdefault(place, target.name)
        if other != target.name:
            message = f"environments `{other}` and `{target.name}` are both in namespace {place[1]!r}"
            findings.append(made(where.of(target.name, "namespace"), "JYN805", message))


def _check(environment: Environment, found: Deployment, where: _Where, findings: list[Finding]) -> None:
    for key, code, message, fix in [*_lacking(environment, found), *_impossible(found)]:
        findings.append(
            made(where.of(environment.name, key), code, f"environment `{environment.name}`: {message}", fix)
        )


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


def _impossible(found: Deployment) -> Iterator[_Problem]:
    """Values that cannot be."""
    if found.namespace and not is_name(found.namespace):
        yield "namespace", "JYN801", f"{found.namespace!r} is not the name of a namespace", "use a DNS label"
    if found.image and not _IMAGE.fullmatch(found.image):
        fix = "write it without a tag, which is always the commit"
        yield "image", "JYN801", f"{found.image!r} is no repository of images", fix
    for key in ("cpu", "memory"):
        if not QUANTITY.fullmatch(getattr(found, key)):
            yield key, "JYN801", f"{getattr(found, key)!r} is no Kubernetes quantity", "write it as 500m, 2 or 4Gi"
    if not CRON.fullmatch(found.poll) or cron_problem(found.poll):
        yield "poll", "JYN801", f"{found.poll!r} is no cron expression", 'write five fields, such as "*/5 * * * *"'
    if not 0 <= found.retries <= _MOST_RETRIES:
        yield "retries", "JYN801", f"{found.retries} cannot be a number of retries", f"write 0 to {_MOST_RETRIES}"
    if not 0 < found.timeout <= YEAR:
        yield "timeout", "JYN801", f"{found.timeout} cannot be a number of seconds", "write one of at most a year"
    if found.sidecar == NATIVE:
        image = found.sidecar_image
        if not _TAGGED.fullmatch(image) or image.endswith(":latest"):
            yield "sidecar_image", "JYN801", f"{image!r} does not say which version", "name a version as its tag"


def _components(
    root: Path, environment: Environment, found: Deployment, where: _Where, findings: list[Finding]
) -> tuple[tuple[str, str], ...]:
    """The files of the environment's components, which a native sidecar reads from a ConfigMap."""
    if found.sidecar != NATIVE or not environment.state_store:
        return ()
    folder = root / environment.components
    files: list[tuple[str, str]] = []
    # Elsewhere, checks of what is staged would not look.
    if Path(environment.components).parts[:1] == (COMPONENTS,) and folder.is_dir():
        paths = [path for path in sorted(folder.iterdir()) if path.suffix in _COMPONENT_SUFFIXES and path.is_file()]
        files = [(path.name, path.read_text(encoding="utf-8")) for path in paths]
    if not files:
        message = (
            f"environment `{environment.name}`: no Dapr component is in {environment.components or 'its folder'!r}"
        )
        fix = 'name a folder with them: `components = "components/NAME"`'
        findings.append(made(where.of(environment.name, "components"), "JYN803", message, fix))
    return tuple(files)
