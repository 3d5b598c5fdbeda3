"""Where the pipelines of a project run, as its pyproject.toml says, and what is wrong with that."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from jeyn.environments import Environment, SettingError, project_table, read_environment
from jeyn.model.deployment import NATIVE, NOWHERE, Deployment, Deployments, Target
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.dapr_components import read_components
from jeyn_gen.load.deployment_values import FOLDER, impossible, lacking, same_server
from jeyn_gen.load.kustomize_checks import KUSTOMIZATION, missing_files
from jeyn_gen.load.toml_places import TomlPlaces

FILE = "pyproject.toml"
_TABLE = "tool.jeyn.environments"
#: The project that every Argo CD has, which is for what belongs to no other.
_ARGO_CDS_OWN = "default"
#: An Application's name can become the value of a label on what it deploys.
_MOST_OF_A_NAME = 63
_IS_COMPONENT = re.compile(r"^kind:\s*[\"']?Component\b", re.MULTILINE)


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
    _check_names(project, targets, where, findings)
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
    _check_kustomize(root, name, environment.deployment, where, findings)
    if len(findings) > before:
        return None
    return Target(name, environment.deployment, components, bool(environment.secrets))


def _check_kustomize(root: Path, name: str, found: Deployment, where: TomlPlaces, findings: list[Finding]) -> None:
    folder = found.kustomize
    if not folder:
        return
    file = root / folder / KUSTOMIZATION
    if not FOLDER.fullmatch(folder):
        why = "is no folder of the project"
    elif not file.is_file():
        why = f"holds no {KUSTOMIZATION}"
    elif not _IS_COMPONENT.search(file.read_text(encoding="utf-8", errors="replace")):
        why = f"holds a {KUSTOMIZATION} that is no Component"
    else:
        findings += missing_files(root, len(Path(found.argocd.folder).parts), folder, set())
        return
    message = f"environment `{name}`: {folder[:80]!r} {why}"
    fix = "write a Component there: https://kubectl.docs.kubernetes.io/guides/config_management/components/"
    findings.append(made(where.of(f"{_TABLE}.{name}.kustomize"), "JYN801", message, fix))


def _check_namespaces(targets: Iterable[Target], where: TomlPlaces, findings: list[Finding]) -> None:
    taken: dict[object, str] = {}
    for target in targets:
        place = same_server(target.deployment.argocd.server), target.deployment.namespace
        other = taken.setdefault(place, target.name)
        if other != target.name:
            message = f"environments `{other}` and `{target.name}` are both in namespace {place[1]!r}"
            findings.append(made(where.of(f"{_TABLE}.{target.name}.namespace"), "JYN805", message))


def _check_names(project: str, targets: Collection[Target], where: TomlPlaces, findings: list[Finding]) -> None:
    """What Argo CD's objects are called: an AppProject by the project, an Application by the environment as well."""
    if targets and project == _ARGO_CDS_OWN:
        message = f"Argo CD has a project {project!r} of its own, which this one's AppProject would overwrite"
        fix = "give the project a name that no other repository has"
        findings.append(made(where.of("tool.jeyn.project"), "JYN801", message, fix))
    for target in targets:
        name = f"{project}-{target.name}"
        if len(name) > _MOST_OF_A_NAME:
            message = f"the Application {name} has {len(name)} characters; {_MOST_OF_A_NAME} are room for"
            fix = "shorten the name of the environment, or of the project"
            findings.append(made(where.of(f"{_TABLE}.{target.name}"), "JYN804", message, fix))


def _check(environment: Environment, found: Deployment, where: TomlPlaces, findings: list[Finding]) -> None:
    for key, code, message, fix in [*lacking(environment, found), *impossible(environment, found)]:
        place = where.of(".".join(filter(None, (_TABLE, environment.name, key))))
        findings.append(made(place, code, f"environment `{environment.name}`: {message}", fix))
