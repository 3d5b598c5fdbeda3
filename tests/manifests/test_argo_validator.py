"""Argo's validator catches what it knows, all of it, and nothing that it would pass over goes unsaid."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import argo_validator
import pytest
import right_manifests

# What is broken in train.yaml: the text, what stands there instead, and what must be found.
_BROKEN = {
    "key of spec": ("  onExit: finish", "  onEgsit: finish", r'unknown field "spec.onEgsit"'),
    "key in the wrong case": ("onExit: finish", "OnExit: finish", r'unknown field "spec.OnExit"'),
    "key of metadata": ("  name: train\n", "  name: train\n  labls: {}\n", r'unknown field "metadata.labls"'),
    "key of a template": ("timeout: 2h", "timeOut: 2h", r'unknown field "spec.templates\[1\].timeOut"'),
    "key of a container": ("command: [jeyn", "comand: [jeyn", r'unknown field "spec.templates\[1\].container.comand"'),
    "key of a task": ("when: ", "wen: ", r'unknown field "spec.templates\[0\].dag.tasks\[1\].wen"'),
    "wrong type": ("activeDeadlineSeconds: 3600", "activeDeadlineSeconds: {}", r"cannot unmarshal object"),
    "a YAML boolean as text": ("value: scale}", "value: scale, enum: y}", r"cannot unmarshal bool"),
    "entrypoint": ("entrypoint: main", "entrypoint: mian", r"template name 'mian' undefined"),
    "onExit": ("onExit: finish", "onExit: finsh", r"template name 'finsh' undefined"),
    "template of a task": ("template: step", "template: steep", r"template name 'steep' undefined"),
    "templateRef": ("template: step", "templateRef: {name: other, template: x}", r'no WorkflowTemplate "other" in'),
    "template of a templateRef": ("template: step", "templateRef: {name: train, template: x}", r"template 'x' undefined|not found"),
    "workflowTemplateRef of a cron": ("workflowTemplateRef: {name: train}\n    arg", "workflowTemplateRef: {name: trian}\n    arg", r'CronWorkflow/.*no WorkflowTemplate "trian"'),
    "dangling output": ("tasks.scale.outputs.parameters.run}}", "tasks.scale.outputs.parameters.ran}}", r"failed to resolve \{\{tasks.scale.outputs.parameters.ran\}\}"),
    "task that is no ancestor": ("value: scale}", "value: '{{tasks.fit-all.outputs.result}}'}", r"failed to resolve \{\{tasks.fit-all|missing dependency 'fit-all'"),
    "input": ("{{inputs.parameters.name}}", "{{inputs.parameters.nome}}", r"failed to resolve \{\{inputs.parameters.nome\}\}"),
    "unclosed tag": ("{{workflow.status}}", "{{workflow.status", r"failed to resolve \{\{workflow.status\""),
    "cycle": ("template: step\n", "template: step\n            dependencies: [fit-all]\n", r"cycle|'dependencies' and 'depends'|depends"),
    "two tasks of one name": ("name: fit-all", "name: scale", r"duplicated nodeName scale"),
    "two templates of one name": ("- name: finish", "- name: step", r"name 'step' is not unique"),
    "two parameters of one name": ("{name: C,", "{name: jeyn-commit,", r"name 'jeyn-commit' is not unique"),
    "two objects of one name": ("metadata: {name: train-nightly}", "metadata: {name: train}\nkind: WorkflowTemplate", r'key "kind" already set'),
    "quantity": ("memory: 128Mi", "memory: 128Mib", r"quantities must match"),
    "retryPolicy": ("retryPolicy: Always", "retryPolicy: Allways", r"Allways is not a valid RetryPolicy"),
    "podGC": ("strategy: OnPodSuccess", "strategy: OnPodSucces", r"unknown strategy 'OnPodSucces'"),
    "concurrencyPolicy": ("concurrencyPolicy: Forbid", "concurrencyPolicy: forbid", r"'forbid' is not a valid concurrencyPolicy"),
    "cron": ("0 3 * * *", "0 25 * * *", r"cron schedule .* malformed"),
    "cron of six fields": ("0 3 * * *", "0 0 3 * * *", r"cron schedule .* malformed"),
    "no schedules": ('schedules: ["0 3 * * *"]', "schedules: []", r"CronWorkflow/train-nightly: no schedules"),
    "output from nowhere": ("{name: run, valueFrom: {path: /tmp/run}}", "{name: run, valueFrom: {}}", r"valueFrom type unspecified"),
    "missing argument": ("{name: name, value: scale}", "{name: nam, value: scale}", r"inputs.parameters.name was not supplied"),
    "unknown task in depends": ("depends: scale.Succeeded", "depends: scal.Succeeded", r"invalid dependency scal"),
    "unknown status in depends": ("depends: scale.Succeeded", "depends: scale.Suceeded", r"Suceeded"),
    "bad depends": ("depends: scale.Succeeded", "depends: scale &&& scale", r"tasks.fit-all.depends: unexpected token"),
    "bad when": ("== 'true'", "!=", r"tasks.fit-all.when: "),
    "bad expression of a hook": ('workflow.status == "Failed"', "workflow.status ==", r"hooks.failed.expression: unexpected token"),
    "bad expression of a retry": ("asInt(lastRetry.exitCode) == 4", "asInt(lastRetry.exitCode == 4", r"retryStrategy.expression: "),
    "hook without an expression": (', expression: workflow.status == "Failed"', "", r"hooks.failed Expression required"),
    "long name": ("  name: train\n", f"  name: {'x' * 64}\n", r"must not be more than 63 characters"),
    "long name of a cron": ("name: train-nightly", f"name: {'x' * 53}", r"must not be more than 52 characters"),
    "name of an object": ("name: train-nightly", "name: Train_nightly", r"RFC 1123 subdomain"),
    "no name": ("metadata: {name: train-nightly}", "metadata: {}", r"neither a name nor a generateName"),
    "name of a template": ("name: finish\n      init", "name: fin ish\n      init", r"'fin ish' is invalid"),
    "no image": ("        image: ghcr.io/example/digits:{{workflow.parameters.jeyn-commit}}\n", "", r"image is required|may not be empty"),
    "two types": ("      timeout: 2h", "      suspend: {}", r"multiple template types"),
    "argument of the workflow": ("workflow.parameters.jeyn-commit}}\n        command", "workflow.parameters.comit}}\n        command", r"a Workflow made of it: .*workflow.parameters.comit"),
    "kind": ("kind: CronWorkflow", "kind: CronWorkfow", r"CronWorkfow/train-nightly: there is no such kind"),
    "apiVersion": ("apiVersion: argoproj.io/v1alpha1\nkind: Cron", "apiVersion: argoproj.io/v1\nkind: Cron", r'apiVersion is "argoproj.io/v1", not'),
    "no kind": ("kind: CronWorkflow\n", "", r"no apiVersion or no kind"),
    "broken YAML": ("schedules: [", "schedules: [[", r"yaml: line \d+"),
    "repeated key": ("timezone: Europe/Berlin", "schedules: []", r'key "schedules" already set'),
    "a list": ("apiVersion: argoproj.io/v1alpha1\nkind: Cron", "- apiVersion\n---\nkind: Cron", r"cannot unmarshal array"),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(argolint: Path) -> dict[str, list[str]]:
    """What is found in each of the broken manifests, from one start of the program."""
    clusters = [right_manifests.texts(train=(old, new)) for old, new, _ in _BROKEN.values()]
    return dict(zip(_BROKEN, argo_validator.findings_of_each(clusters), strict=True))


def test_nothing_is_found_in_right_manifests(argolint: Path) -> None:
    assert argo_validator.findings(right_manifests.texts()) == []


@pytest.mark.parametrize("what", _BROKEN)
def test_what_is_broken_is_found(what: str, found: dict[str, list[str]]) -> None:
    pattern = re.compile(_BROKEN[what][2])
    assert any(pattern.search(finding) for finding in found[what]), found[what]
    assert all(finding.startswith("train.yaml: ") for finding in found[what])


def test_all_errors_are_told_at_once(argolint: Path) -> None:
    files = right_manifests.texts()
    for old, new in [
        ("{{inputs.parameters.name}}", "{{inputs.parameters.nome}}"),
        ("{{workflow.status}}", "{{inputs.parameters.status}}"),
        ("concurrencyPolicy: Forbid", "concurrencyPolicy: forbid"),
        ("depends: scale.Succeeded", "depends: scale &&& scale"),
        ("  onExit: finish", "  onExit: finish\n  onEgsit: finish"),
    ]:
        files["train.yaml"] = files["train.yaml"].replace(old, new, 1)
    told = argo_validator.findings(files)
    for wrong in ("nome}}", "status}}", "'forbid'", "depends: ", "onEgsit"):
        assert [wrong in finding for finding in told if "Workflow/train-merged" not in finding].count(True) == 1, told


def test_references_are_resolved_within_a_namespace(argolint: Path) -> None:
    train = right_manifests.text("train.yaml")
    elsewhere = train.replace("  name: train\n", "  name: train\n  namespace: other\n")
    assert any('no WorkflowTemplate "train"' in one for one in argo_validator.findings({"a.yaml": elsewhere}))
    # The same names in another set of files, or in another namespace, are no repetition.
    assert argo_validator.findings_of_each([{"a.yaml": train}, {"a.yaml": train}]) == [[], []]
    template = elsewhere.partition("---")[0]
    assert argo_validator.findings({"a.yaml": train, "b.yaml": template}) == []
    twice = argo_validator.findings({"a.yaml": train, "b.yaml": train.partition("---")[0]})
    assert twice == ["b.yaml: WorkflowTemplate/train: there are two of this name"]


def test_a_file_that_tools_pass_over_is_told(argolint: Path) -> None:
    files = {"train.yaml": right_manifests.text("train.yaml"), "more/notes.txt": "kind: x\napiVersion: v1\n"}
    assert argo_validator.findings(files) == ["more/notes.txt: neither .yaml nor .yml nor .json, so tools pass over it"]


def test_nothing_to_judge_is_told(argolint: Path) -> None:
    assert argo_validator.findings({"access.yaml": right_manifests.text("access.yaml")}) == [
        "there is nothing of Argo Workflows' among these files"
    ]
    assert argo_validator.findings({}) == ["there is nothing of Argo Workflows' among these files"]
    assert argo_validator.findings_of_each([]) == []


def test_the_program_says_how_it_is_used(argolint: Path) -> None:
    done = subprocess.run([argolint], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "usage: argolint PATH...\n")
