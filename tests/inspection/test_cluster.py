"""`jeyn doctor` and `jeyn status` of an environment that runs pods, by way of the real kubectl."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from api_server import Api, serving

from jeyn.adapters.kubectl import Kubectl
from jeyn.errors import AskError

PYPROJECT = """\
[tool.jeyn]
project = "digits"

[tool.jeyn.environments.production]
state_store = "ledger"
components = "components"
blobs = "s3://digits"
namespace = "digits-live"
image = "registry.example/team/digits"
argocd = {repository = "https://git.example/digits"}
"""
COMPONENT = (Path(__file__).parents[2] / "components/postgres/ledger.yaml").read_text()
COMMIT, NEXT = "a" * 40, "b" * 40
ARGO = ("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults", "applications", "appprojects")
LOCKED = "securityContext:\n  allowPrivilegeEscalation: false\n  capabilities: {drop: [ALL]}\n"
INSTALLED = ("argo-workflows", "controller", "executor", "argo-cd", "argo-cd server")
PROMOTED = ["step", "score@1", "--start", "--promoted", f"model@1#production=model#3 sha256:{'c' * 64}"]


def whole() -> Api:
    """A cluster that lacks nothing."""
    api = Api()
    for kind in ARGO:
        api.add("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{kind}.argoproj.io")
    deployment(api, "workflow-controller", "argo", "quay.io/argoproj/workflow-controller:v3.7.4")
    deployment(api, "argocd-server", "argocd", f"quay.io/argoproj/argocd:v3.2.11@sha256:{'d' * 64}")
    api.add("v1", "ConfigMap", "workflow-controller-configmap", "argo", data={"executor": LOCKED})
    api.add("v1", "Namespace", "digits-live", metadata={"labels": {"pod-security.kubernetes.io/enforce": "restricted"}})
    api.add("v1", "ConfigMap", "jeyn", "digits-live", metadata={"annotations": {"jeyn.dev/commit": COMMIT}})
    api.add("v1", "ConfigMap", "jeyn-components", "digits-live", data={"ledger.yaml": COMPONENT})
    api.add("v1", "Secret", "jeyn-secrets", "digits-live", data={"JEYN_POSTGRES": "aG9zdD1kYg=="})
    status = {"sync": {"revision": COMMIT, "status": "Synced"}, "health": {"status": "Healthy"}}
    api.add("argoproj.io/v1alpha1", "Application", "digits-production", "argocd", status=status)
    template = {"templates": [{"name": "start", "container": {"args": PROMOTED}}]}
    api.add("argoproj.io/v1alpha1", "WorkflowTemplate", "score-v1", "digits-live", spec=template)
    pod(api, "ready", {"running": {}})
    return api


def deployment(api: Api, name: str, namespace: str, image: str) -> None:
    spec = {"template": {"spec": {"containers": [{"name": "main", "image": image}]}}}
    api.add("apps/v1", "Deployment", name, namespace, spec=spec)


def half_locked(api: Api) -> None:
    data = {"executor": LOCKED.replace("ALL", "NET_RAW")}
    api.add("v1", "ConfigMap", "workflow-controller-configmap", "argo", data=data)


def pod(api: Api, name: str, state: dict) -> None:
    labels = {"labels": {"app.kubernetes.io/managed-by": "jeyn"}}
    states = [{"name": "main", "image": f"registry.example/team/digits:{COMMIT}", "state": state}]
    api.add("v1", "Pod", name, "digits-live", metadata=labels, status={"containerStatuses": states})


def unplaced(api: Api, name: str) -> None:
    why = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available"}
    labels = {"labels": {"app.kubernetes.io/managed-by": "jeyn"}}
    api.add("v1", "Pod", name, "digits-live", metadata=labels, status={"conditions": [why]})


@pytest.fixture
def project(folder_at, tmp_path, kubectl):
    root = tmp_path / "digits"
    (root / "components").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "components/ledger.yaml").write_text(COMPONENT)
    folder = folder_at(root)
    folder.environment["PATH"] = f"{Path(kubectl).parent}:{folder.environment['PATH']}"
    folder.git("init", "--quiet")
    folder.jeyn("generate")
    return folder


def checks(project, api, tmp_path, code):
    with serving(api, tmp_path) as config:
        found = project.json("doctor", "-e", "production", code=code, KUBECONFIG=str(config))
    assert found["schema"] == "jeyn.doctor/1"
    return {one["name"]: one for one in found["checks"]}


def test_a_whole_cluster_lacks_nothing(project, tmp_path):
    found = checks(project, whole(), tmp_path, 0)
    assert {name: one for name, one in found.items() if one["status"] != "ok"} == {}
    assert {"kubernetes", "controller", "executor", "application", "rights of jeyn", "image"} <= found.keys()


BREAKS = {
    "kubernetes": lambda api: setattr(api, "version", "v1.27.1"),
    "argo-workflows": lambda api: api.remove("CustomResourceDefinition", "cronworkflows.argoproj.io"),
    "argo-cd": lambda api: api.remove("CustomResourceDefinition", "appprojects.argoproj.io"),
    "argo-cd server": lambda api: deployment(api, "argocd-server", "argocd", "mirror/argocd:v3.1.9"),
    "executor": half_locked,
    "namespace": lambda api: api.remove("Namespace", "digits-live"),
    "application": lambda api: api.remove("Application", "digits-production"),
    "rights of jeyn": lambda api: api.denied.add("workflowtaskresults"),
    "rights of jeyn-starter": lambda api: api.denied.add("workflows"),
    "components": lambda api: api.remove("ConfigMap", "jeyn-components"),
    "secrets": lambda api: api.add("v1", "Secret", "jeyn-secrets", "digits-live", data={"OTHER": "eA=="}),
    "image": lambda api: pod(api, "waiting", {"waiting": {"reason": "ImagePullBackOff"}}),
    "containers": lambda api: pod(api, "failing", {"waiting": {"reason": "CrashLoopBackOff"}}),
    "nodes": lambda api: unplaced(api, "pending"),
}


def test_what_is_missing_is_named_with_its_remedy(project, tmp_path):
    for name, breaks in BREAKS.items():
        api = whole()
        breaks(api)
        found = checks(project, api, tmp_path, 1)
        assert [one["name"] for one in found.values() if one["status"] == "missing"] == [name]
        assert found[name]["fix"]


def test_what_argo_cd_cannot_build_is_told(project, tmp_path):
    api = whole()
    conditions = [{"type": "ComparisonError", "message": "app path does not exist"}]
    api.add("argoproj.io/v1alpha1", "Application", "digits-production", "argocd", status={"conditions": conditions})
    assert checks(project, api, tmp_path, 1)["sync"]["message"] == "app path does not exist"


def test_an_old_controller_and_no_credentials(project, tmp_path):
    api = whole()
    deployment(api, "workflow-controller", "argo", "mirror:5000/workflow-controller:v3.4.1")
    api.remove("Secret", "jeyn-secrets")
    found = checks(project, api, tmp_path, 1)
    assert found["controller"]["message"] == "Argo Workflows v3.4.1 is older than 3.6"
    assert found["secrets"]["message"] == "there is no Secret jeyn-secrets"
    api = whole()
    api.add("v1", "Namespace", "digits-live")
    assert checks(project, api, tmp_path, 0)["pod security"]["status"] == "unknown"


def test_a_cluster_that_does_not_answer_is_no_bug(project, tmp_path):
    config = tmp_path / "kubeconfig"
    config.write_text(
        'apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: "http://127.0.0.1:1"}}]\n'
        "contexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a\n"
    )
    for command in ("doctor", "status"):
        done = project.jeyn(command, "-e", "production", code=4, KUBECONFIG=str(config))
        assert "the cluster does not answer" in done.stdout + done.stderr
    found = project.json("doctor", "-e", "production", code=4, KUBECONFIG=str(config))["checks"]
    assert (found[0]["name"], found[-1]["name"], found[-1]["status"]) == ("python", "cluster", "unknown")


def test_who_may_not_look_is_told(project, tmp_path):
    api = whole()
    api.is_forbidden = True
    with serving(api, tmp_path) as config:
        assert "you may not look" in project.jeyn("status", "-e", "production", code=2, KUBECONFIG=str(config)).stderr
        found = project.json("doctor", "-e", "production", KUBECONFIG=str(config))["checks"]
    unknown = {one["name"]: one["message"] for one in found if one["status"] == "unknown"}
    assert [*unknown] == [*INSTALLED, "namespace", "application", "components", "pods"]
    assert all("you may not look" in message for message in unknown.values())


def test_who_may_look_at_a_namespace_alone_is_told_of_that(project, tmp_path):
    api = whole()
    api.remove("ConfigMap", "jeyn-components")
    api.is_narrow = True
    found = checks(project, api, tmp_path, 1)
    unknown = [name for name, one in found.items() if one["status"] == "unknown"]
    assert unknown == [*INSTALLED, "namespace", "rights"]
    assert [name for name, one in found.items() if one["status"] == "missing"] == ["components"]
    assert {name for name, one in found.items() if one["status"] == "ok"} >= {"kubernetes", "application", "image"}


def test_what_is_live(project, tmp_path):
    api = whole()
    for at, phase in enumerate(("Failed", "Running")):
        metadata = {"uid": f"uid-{at}", "creationTimestamp": f"2030-01-0{at + 1}T00:00:00Z"}
        metadata["labels"] = {"workflows.argoproj.io/workflow-template": "score-v1"}
        node = {"type": "Pod", "phase": "Failed", "displayName": "start(0)", "message": "no memory"}
        status = {"phase": phase, "message": "retryStrategy.expression evaluated to false", "nodes": {"a": node}}
        api.add("argoproj.io/v1alpha1", "Workflow", f"score-{at}", "digits-live", metadata=metadata, status=status)
    application = next(one for one in api.objects if one["kind"] == "Application")
    application["status"]["sync"] = {"revision": NEXT, "status": "OutOfSync"}
    with serving(api, tmp_path) as config:
        found = project.json("status", "-e", "production", KUBECONFIG=str(config))
        text = project.jeyn("status", "-e", "production", "--limit", "1", KUBECONFIG=str(config)).stdout
        assert (
            "score-0: start(0): no memory" in project.jeyn("status", "-e", "production", KUBECONFIG=str(config)).stdout
        )
    assert (found["commit"], found["wanted"], found["sync"], found["health"]) == (COMMIT, NEXT, "OutOfSync", "Healthy")
    assert [(one["name"], one["template"], one["phase"]) for one in found["runs"]] == [
        ("score-1", "score-v1", "Running"),
        ("score-0", "score-v1", "Failed"),
    ]
    assert found["promoted"] == {"model@1#production": f"model#3 sha256:{'c' * 64}"}
    assert f"to become {NEXT}" in text
    assert "score-1" in text
    assert "score-0" not in text


def test_where_nothing_was_deployed_yet(project, tmp_path):
    with serving(Api(), tmp_path) as config:
        text = project.jeyn("status", "-e", "production", KUBECONFIG=str(config)).stdout
    assert "none is live" in text
    assert "does not know it" in text


def test_this_machine_alone(project):
    found = {one["name"]: one["status"] for one in project.json("doctor")["checks"]}
    assert set(found.values()) == {"ok"}
    assert {"git", "repository", "generator", "ledger", "blobs"} <= found.keys()
    printed = project.jeyn("doctor").stdout
    assert "✓ ledger: the ledger of embedded answers" in printed
    assert "runs no pods" in project.jeyn("status", code=2).stderr


def test_without_kubectl_it_is_told_where_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AskError, match="kubectl is not on this machine"):
        Kubectl()
