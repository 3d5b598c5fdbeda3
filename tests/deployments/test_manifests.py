"""What is emitted for a cluster, as kustomize builds it for Argo CD."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from deployed import COMMIT, ROOT, Deploy, applied_by_hand, environment, of_kind, refused, refused_by_hand

from jeyn.cli.main import main

BASE = "generated/manifests/base"


def manifests(root: Path) -> dict[str, str]:
    folder = root / "generated/manifests"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.yaml")}


def test_the_commit_is_everywhere_it_has_to_be(deploy: Deploy, built: Callable[..., list[dict[str, Any]]]) -> None:
    root = deploy()
    objects = built(root, "production")
    for template in of_kind(objects, "WorkflowTemplate").values():
        spec = template["spec"]
        assert {one["name"]: one.get("value") for one in spec["arguments"]["parameters"]}["jeyn-commit"] == COMMIT
        assert spec["podMetadata"]["annotations"]["jeyn.dev/commit"] == COMMIT
        images = [one["container"]["image"] for one in spec["templates"] if "container" in one]
        assert {*images, spec["templateDefaults"]["container"]["image"]} == {
            f"registry.example:5000/team/digits:{COMMIT}"
        }
    assert "unset" not in json.dumps(objects)


def test_an_environment_gives_its_own(deploy: Deploy, built: Callable[..., list[dict[str, Any]]]) -> None:
    more = (
        'cpu = "3"\nmemory = "5Gi"\nretries = 7\ntimeout = 60\nschedules = false\nsidecar_image = "mirror/daprd:1.2.3"'
    )
    root = deploy(environment("production"), environment("staging", more, image="other/digits"))
    objects = built(root, "staging")
    assert {one["metadata"]["namespace"] for one in objects} == {"digits-staging"}
    for template in of_kind(objects, "WorkflowTemplate").values():
        defaults = template["spec"]["templateDefaults"]
        wanted = {"cpu": "3", "memory": "5Gi"}
        assert defaults["container"]["resources"] == {"requests": wanted, "limits": wanted}
        assert defaults["container"]["image"] == f"other/digits:{COMMIT}"
        assert str(defaults["activeDeadlineSeconds"]) == "660"  # the step ends by itself before that
        assert [one["image"] for one in defaults["initContainers"]] == ["mirror/daprd:1.2.3"]
        pods = [one for one in template["spec"]["templates"] if "container" in one]
        assert {str(one["retryStrategy"]["limit"]) for one in pods} == {"7"}
    assert [one["spec"]["suspend"] for one in of_kind(objects, "CronWorkflow").values()] == [True]
    assert "suspend" not in next(iter(of_kind(built(root, "production"), "CronWorkflow").values()))["spec"]


def test_a_sidecar_may_be_pinned_by_its_digest(deploy: Deploy, built: Callable[..., list[dict[str, Any]]]) -> None:
    digest = f"sha256:{'0123456789abcdef' * 4}"
    root = deploy(environment("production", f'sidecar_image = "mirror.example:5000/daprd:1.14.4@{digest}"'))
    for template in of_kind(built(root, "production"), "WorkflowTemplate").values():
        (sidecar,) = template["spec"]["templateDefaults"]["initContainers"]
        assert sidecar["image"] == f"mirror.example:5000/daprd@{digest}"


def test_a_change_of_a_step_changes_one_manifest(deploy: Deploy) -> None:
    root = deploy(environment("production"), environment("staging"))
    before = manifests(root)
    document = next(one for one in (root / "pipelines").rglob("*.yaml") if "train-digits" in one.read_text())
    text = document.read_text()
    assert "memory: 2Gi" in text
    document.write_text(text.replace("memory: 2Gi", "memory: 3Gi"))
    assert main(["-C", str(root), "generate"]) == 0
    after = manifests(root)
    assert [path for path in after if after[path] != before[path]] == ["base/train-digits-v1.yaml"]
    lines = set(after["base/train-digits-v1.yaml"].splitlines()) ^ set(before["base/train-digits-v1.yaml"].splitlines())
    assert {line.strip() for line in lines if not line.startswith("#")} == {'memory: "2Gi"', 'memory: "3Gi"'}


def test_without_an_environment_that_runs_pods_there_is_none(deploy: Deploy) -> None:
    root = deploy('\n[tool.jeyn.environments.local]\nstate_store = "ledger"\n')
    assert manifests(root) == {}


def test_what_is_no_longer_needed_is_removed(deploy: Deploy) -> None:
    root = deploy(environment("production"), environment("staging"))
    assert "environments/staging/kustomization.yaml" in manifests(root)
    deploy(environment("production"))
    assert not (root / "generated/manifests/environments/staging").exists()
    assert not (root / "generated/manifests/applications/staging.yaml").exists()


def test_a_shared_sidecar_is_no_container(deploy: Deploy, built: Callable[..., list[dict[str, Any]]]) -> None:
    root = deploy(environment("production", 'sidecar = "shared"\nsidecar_endpoint = "dapr.digits:50001"'))
    assert not (root / BASE).exists()
    objects = built(root, "production")
    template = of_kind(objects, "WorkflowTemplate")["train-digits-v1"]["spec"]
    assert "initContainers" not in template["templateDefaults"]
    assert [one["name"] for one in template["volumes"]] == ["scratch"]
    assert of_kind(objects, "ConfigMap")["jeyn"]["data"]["DAPR_GRPC_ENDPOINT"] == "dapr.digits:50001"


def test_an_injected_sidecar_is_asked_for(deploy: Deploy, built: Callable[..., list[dict[str, Any]]]) -> None:
    root = deploy(environment("production", 'sidecar = "injected"'))
    template = of_kind(built(root, "production"), "WorkflowTemplate")["train-digits-v1"]["spec"]
    assert template["podMetadata"]["annotations"] == {
        "jeyn.dev/commit": COMMIT,
        "dapr.io/enabled": "true",
        "dapr.io/app-id": "jeyn",
        "dapr.io/enable-native-sidecar": "true",
        "dapr.io/sidecar-cpu-request": "50m",
        "dapr.io/sidecar-memory-request": "128Mi",
        "dapr.io/sidecar-cpu-limit": "1",
        "dapr.io/sidecar-memory-limit": "512Mi",
    }


@pytest.mark.parametrize(
    "text", ["{{workflow.uid}}", "a }} b", "json:1", "tab\t", "\u202e", "costs $$5", "$(JEYN_POSTGRES)"]
)
def test_a_default_is_never_a_template_of_argo(text: str, deploy: Deploy) -> None:
    document = {
        "kind": "Pipeline",
        "name": "told",
        "version": "1.0.0",
        "parameters": {"words": {"dtype": "string", "default": text}},
        "steps": {"a": {"function": "pipelines.told:f"}},
    }
    files = {"pipelines/told.yaml": json.dumps(document), "pipelines/told.py": "def f(inputs): ...\n"}
    root = deploy(files=files)
    (template,) = yaml.safe_load_all((root / BASE / "told-v1.yaml").read_text())
    argument = {one["name"]: one["value"] for one in template["spec"]["arguments"]["parameters"]}["words"]
    assert argument.startswith("json:")
    assert "{{" not in argument
    assert "}}" not in argument
    assert "$" not in argument


def test_what_people_write_is_in_no_argument_of_a_container(deploy: Deploy) -> None:
    """Kubernetes would put variables, secrets among them, for each `$(NAME)` in it."""
    root = deploy(environment("production", "gpus = true"), files=everything())
    for text in manifests(root).values():
        for template in [one for each in yaml.safe_load_all(text) for one in each.get("spec", {}).get("templates", [])]:
            words = " ".join(template.get("container", {}).get("args", []))
            tags = set(re.findall(r"{{(.*?)}}", words))
            assert tags <= {
                *("workflow.uid", "workflow.status", "workflow.parameters.jeyn-commit"),
                *("workflow.parameters.jeyn-trigger", "inputs.parameters.step", "inputs.parameters.item"),
            }


def test_hera_is_loaded_only_to_emit(deploy: Deploy) -> None:
    root = deploy()
    script = "import sys; from jeyn.cli.main import main; main(sys.argv[1:]); print('hera' in sys.modules)"
    command = [sys.executable, "-c", script, "-C", str(root), "generate", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("sidecar", ["native", "injected", "shared"])
@pytest.mark.usefixtures("argolint", "schemas")
def test_a_cluster_takes_them(sidecar: str, deploy: Deploy, built: Callable[..., list[dict[str, Any]]]) -> None:
    more = f'sidecar = "{sidecar}"' + ('\nsidecar_endpoint = "dapr.digits:50001"' if sidecar == "shared" else "")
    root = deploy(environment("production", more), environment("staging"))
    objects = built(root, "production")
    assert refused(objects, sidecar) == []
    assert {one["kind"] for one in applied_by_hand(root)} == {"Application", "AppProject", "Namespace"}
    assert refused_by_hand(root) == []


STARTS = """\
schedule: {cron: "0 3 * * 1-5", timezone: Europe/Vienna, concurrency: replace, missed: 1h}
on: [merge, {new-batch: readings@1}]
concurrency: 2
"""
RUNNING = """\
    timeout: 2h
    retries: {limit: 3, backoff: 10s, factor: 2, longest: 1m}
    resources: {cpu: 500m, memory: 1Gi, gpu: 1}
    image: gpu
    node_selector: {pool: training}
    tolerations: [{key: dedicated, value: training, effect: NoSchedule}]
    outputs: {best"""


def everything() -> dict[str, str]:
    """A pipeline that says everything that one can say."""
    sample = ROOT / "tests/projects/sweep"
    files = {path.relative_to(sample).as_posix(): path.read_text() for path in sample.glob("*/*.*")}
    text = files["pipelines/sweep.yaml"].replace("parameters:\n", f"{STARTS}parameters:\n", 1)
    return {**files, "pipelines/sweep.yaml": text.replace("    outputs: {best", RUNNING)}


@pytest.mark.usefixtures("argolint", "schemas")
def test_a_cluster_takes_everything_that_a_pipeline_can_say(
    deploy: Deploy, built: Callable[..., list[dict[str, Any]]]
) -> None:
    root = deploy(environment("production", "gpus = true"), files=everything())
    objects = built(root, "production")
    assert refused(objects) == []
    crons = of_kind(objects, "CronWorkflow")
    assert {"sweep-v1", "sweep-v1-new-batch"} <= crons.keys()
    assert {one["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] for one in crons.values()} == {"1"}
    hook = of_kind(objects, "Workflow")["sweep-v1-on-merge"]
    assert hook["spec"]["podMetadata"]["annotations"] == {"jeyn.dev/commit": COMMIT}
    assert of_kind(objects, "ConfigMap")["sweep-v1-limit"]["data"] == {"runs": "2"}
    templates = {one["name"]: one for one in of_kind(objects, "WorkflowTemplate")["sweep-v1"]["spec"]["templates"]}
    assert templates["run-choose"]["container"]["image"] == f"registry.example:5000/team/digits-gpu:{COMMIT}"
    tasks = {one["name"]: one for one in templates["steps"]["dag"]["tasks"]}
    assert tasks["refit"]["withParam"] == "{{tasks.plan.outputs.parameters.items-refit}}"
    assert str(tasks["fit"]["withSequence"]["count"]) == "4"
    assert tasks["ship"]["when"].count(" == true") == 3
    # Four tries of two hours, the waits of 10, 20 and 40 seconds between them, and ten minutes to start and to end.
    assert int(templates["run-choose"]["activeDeadlineSeconds"]) == 4 * 7200 + 70 + 600
    assert hook["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] == "1"
    # Argo CD waits for it: a pod that no node takes must not hold up the commits that come after.
    assert hook["spec"]["activeDeadlineSeconds"] == 900


def test_what_begins_and_ends_a_run_is_small_and_soon_given_up(
    deploy: Deploy, built: Callable[..., list[dict[str, Any]]]
) -> None:
    root = deploy(environment("production", 'cpu = "8"\nmemory = "32Gi"'))
    objects = built(root, "production")
    kept = of_kind(objects, "WorkflowTemplate")
    ends = [one for each in kept.values() for one in each["spec"]["templates"]]
    ends = [one for one in ends if one["name"] in ("start", "finish", "jeyn-live")]
    assert len(ends) == 2 * (len(kept) - 1) + 1
    for template in ends:
        assert template["container"]["resources"]["limits"] == {"cpu": "500m", "memory": "512Mi"}
        assert int(template["activeDeadlineSeconds"]) == 900
    assert of_kind(objects, "Workflow")["jeyn-live"]["spec"]["activeDeadlineSeconds"] == 900


def test_nothing_starts_by_itself_where_schedules_are_off(
    deploy: Deploy, built: Callable[..., list[dict[str, Any]]]
) -> None:
    quiet = environment("staging", "gpus = true\nschedules = false")
    root = deploy(environment("production", "gpus = true"), quiet, files=everything())
    assert set(of_kind(built(root, "production"), "Workflow")) == {"jeyn-live", "sweep-v1-on-merge"}
    objects = built(root, "staging")
    assert set(of_kind(objects, "Workflow")) == {"jeyn-live"}
    crons = of_kind(objects, "CronWorkflow")
    assert crons
    assert all(one["spec"]["suspend"] for one in crons.values())


def test_a_project_on_a_cluster_has_a_name(deploy: Deploy, capsys: pytest.CaptureFixture[str]) -> None:
    root = deploy()
    (root / "pyproject.toml").write_text("[tool.jeyn]\n" + environment("production"))
    assert main(["-C", str(root), "lint"]) == 1
    assert "pyproject.toml:3:1: error JYN802: the project has no name" in capsys.readouterr().out
