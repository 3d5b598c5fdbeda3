"""The published schemas are enforced to the letter: what they do not name is refused, at every level."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import published_schemas
import pytest
import right_manifests

# The file, what is broken in it, and what must be found.
_BROKEN = {
    "key of the object": ("access.yaml", "automountServiceAccountToken: false", "automount: false", r"'automount' was unexpected"),
    "key of metadata": ("components.yaml", "{name: components}", "{name: components, label: {}}", r"metadata: .*'label' was unexpected"),
    "metadata of a custom resource": ("train.yaml", "  name: train\n", "  name: train\n  label: {}\n", r"metadata: .*'label' was unexpected"),
    "key deep in a core kind": ("access.yaml", "{port: 5432}", "{prot: 5432}", r"spec.egress\[0\].ports\[0\]: .*'prot' was"),
    "key of a workflow's spec": ("train.yaml", "onExit:", "onexit:", r"spec: .*'onexit' was unexpected"),
    "key of a template": ("train.yaml", "timeout: 2h", "timeOut: 2h", r"spec.templates\[1\]: .*'timeOut' was unexpected"),
    "key of a container": ("train.yaml", "command: [jeyn", "comand: [jeyn", r"templates\[1\].container: .*'comand' was"),
    "key of a probe": ("train.yaml", "port: 3501", "prot: 3501", r"startupProbe.httpGet: .*'prot' was unexpected"),
    "key of a cron": ("train.yaml", "timezone:", "timeZone:", r"CronWorkflow/train-nightly: spec: .*'timeZone' was"),
    "key of a component": ("components.yaml", "type: state.in-memory\n", "types: x\n  type: state.in-memory\n", r"Component/ledger: spec: .*'types' was"),
    "key of an application": ("production.yaml", "selfHeal: true", "selfheal: true", r"syncPolicy.automated: .*'selfheal' was"),
    "key of a project": ("production.yaml", "sourceRepos", "sourceRepo", r"AppProject/digits: spec: .*'sourceRepo' was"),
    "type in a core kind": ("access.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: 'no'", r"'no' is not of type 'boolean'"),
    "type in a custom resource": ("train.yaml", "activeDeadlineSeconds: 3600", "activeDeadlineSeconds: 1h", r"'1h' is not of type 'integer'"),
    "int or string": ("access.yaml", "{port: 5432}", "{port: [5432]}", r"egress\[0\].ports\[0\].port: "),
    "int or string in a custom resource": ("train.yaml", 'limit: "2"', "limit: []", r"retryStrategy.limit: "),
    "number too large": ("train.yaml", "startingDeadlineSeconds: 600", "startingDeadlineSeconds: 9223372036854775808", r"is not a 'int64'"),
    "quantity": ("train.yaml", "memory: 128Mi", "memory: 128Mib", r"limits.memory|requests.memory: '128Mib'"),
    "time": ("components.yaml", "{name: components}", "{name: components, creationTimestamp: yesterday}", r"'yesterday' is not a 'date-time'"),
    "base64": ("components.yaml", "data:\n", "binaryData: {a: '*'}\ndata:\n", r"'\*' is not a 'byte'"),
    "missing in a core kind": ("access.yaml", "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: steps}\n", "", r"'roleRef' is a required property"),
    "missing deep in a core kind": ("access.yaml", "    verbs: [create, patch]\n", "", r"'verbs' is a required property"),
    "missing in a custom resource": ("components.yaml", "  type: state.in-memory\n", "", r"'type' is a required property"),
    "missing in an application": ("production.yaml", "  project: digits\n", "", r"'project' is a required property"),
    "missing in a workflow": ("train.yaml", "{name: components, mountPath: /components, readOnly: true}", "{name: components}", r"'mountPath' is a required property"),
    "no spec": ("train.yaml", "spec:\n  workflowTemplateRef", "status:\n  workflowTemplateRef", r"'spec' is a required property"),
    "the same entry twice": ("train.yaml", "[{name: scratch, mountPath: /tmp}]", "[{name: a, mountPath: /tmp}, {name: b, mountPath: /tmp}]", r"volumeMounts: two entries have \['mountPath'\] \['/tmp'\]"),
    "kind": ("access.yaml", "kind: RoleBinding", "kind: RoleBindings", r"there is no kind 'RoleBindings' in 'rbac.auth"),
    "version": ("access.yaml", "networking.k8s.io/v1", "networking.k8s.io/v2", r"there is no kind 'NetworkPolicy' in 'networking.k8s.io/v2'"),
    "a path as kind": ("access.yaml", "kind: RoleBinding", "kind: ../v1/ConfigMap", r"there is no kind '../v1/ConfigMap'"),
}  # fmt: skip


def _findings(file: str, *edits: tuple[str, str]) -> list[str]:
    return [finding for one in right_manifests.documents(file, *edits) for finding in published_schemas.findings(one)]


@pytest.mark.parametrize("file", [*right_manifests.FILES, right_manifests.APPLICATION])
def test_nothing_is_found_in_right_manifests(file: str, schemas: Path) -> None:
    assert _findings(file) == []


@pytest.mark.parametrize("what", _BROKEN)
def test_what_is_broken_is_found(what: str, schemas: Path) -> None:
    file, old, new, pattern = _BROKEN[what]
    found = _findings(file, (old, new))
    assert any(re.search(pattern, finding) for finding in found), found


def test_int_or_string_takes_both(schemas: Path) -> None:
    for limit in ("2", '"2"'):
        assert _findings("train.yaml", ('limit: "2"', f"limit: {limit}")) == []
    for port in ("5432", "https", '"5432"'):
        assert _findings("access.yaml", ("{port: 5432}", f"{{port: {port}}}")) == []


def test_what_preserves_unknown_keys_takes_them(schemas: Path) -> None:
    (_, component) = right_manifests.documents("components.yaml")
    component["spec"]["metadata"] = [{"name": "any", "value": {"deep": [1, "two"]}}]
    assert published_schemas.findings(component) == []


def test_what_is_no_object_is_found(schemas: Path) -> None:
    assert published_schemas.findings({}) == ["no kind/no name: there is no kind '' in ''"]
    assert published_schemas.findings({"apiVersion": ["v1"], "kind": {}}) != []


def test_schemas_are_extracted_whole(schemas: Path) -> None:
    """Every reference in a file is answered by it, and both flavours are there for Argo's workflows."""
    files = sorted(schemas.glob("*/*.json"))
    assert len(files) > 100
    for file in files:
        schema = json.loads(file.read_text())
        assert _references(schema) <= {f"#/definitions/{name}" for name in schema.get("definitions", {})}, file
    workflows = {path.name for path in schemas.glob("argoproj.io_v1alpha1/*Workflow*")}
    assert {"CronWorkflow.crd.json", "CronWorkflow.openapi.json"} <= workflows


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


def test_schemas_and_validator_are_of_one_argo(repository: Path) -> None:
    pins = [
        re.search(r"argo-workflows/v3 (v\S+)", (repository / "tools" / "servers" / name / "go.mod").read_text())
        for name in ("argolint", "schemas")
    ]
    assert pins[0] is not None
    assert pins[1] is not None
    assert pins[0][1] == pins[1][1]
