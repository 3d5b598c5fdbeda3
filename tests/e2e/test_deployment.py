"""From a commit to what a cluster runs, and back by a commit: in the order in which it is written."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from kube import nodes, wait
from repository import ROOT

SWEEP = ROOT / "tests/projects/sweep"
TRIALS = """\
kind: Pipeline
name: trials
version: 1.0.0
parameters:
  what: {dtype: string, default: nothing}
steps:
  try:
    function: pipelines.trials:attempt
    outputs: {done: {report: done}}
    resources: {cpu: 250m, memory: 256Mi}
"""
ATTEMPT = """\
from __future__ import annotations

import os
import time

from generated.pipelines.trials_v1 import TryInputs, TryOutputs

from jeyn import artefact_store


def attempt(inputs: TryInputs) -> TryOutputs:
    what = inputs.parameters.what
    print(f"trying {what}", flush=True)
    if what == "fail":
        raise ValueError("it is the user's own fault")
    if what == "memory":
        held = [bytearray(1 << 24) for _ in range(64)]
        print(len(held))
    if what.startswith("sleep"):
        time.sleep(float(what.removeprefix("sleep")))
    return TryOutputs(done=artefact_store.save({"done.txt": what}))
"""


@pytest.fixture(scope="module")
def first(repository, wheels):
    """The first commit, deployed."""
    subprocess.run(["cp", "-r", *map(str, SWEEP.glob("catalogs/*")), str(repository.root / "catalogs")], check=True)
    for path in SWEEP.glob("pipelines/*.*"):
        shutil.copy(path, repository.root / "pipelines" / path.name)
    (repository.root / "pipelines/trials.yaml").write_text(TRIALS)
    (repository.root / "pipelines/trials.py").write_text(ATTEMPT)
    commit = repository.commit("what is deployed first")
    repository.build(commit, wheels)
    repository.deploy(commit)
    repository.kube.run("apply", "-f", str(repository.root / "generated/manifests/applications"))
    repository.synced(commit)
    return commit


def succeeded(kube, name):
    workflow = kube.ended(name)
    assert workflow["status"]["phase"] == "Succeeded", kube.told(name)
    return workflow


@pytest.fixture(scope="module")
def trained(first, kube):
    """A run of the scaffold's pipeline that has succeeded, and all of its pods."""
    name = kube.submit("train-churn-v1")
    seen = {}

    def ended():
        seen.update({pod["metadata"]["name"]: pod for pod in kube.pods(name)})
        return kube.if_ended(name)

    workflow = wait(ended, 300, lambda: kube.told(name))
    assert workflow["status"]["phase"] == "Succeeded", kube.told(name)
    return name, seen.values()


def test_a_commit_becomes_what_the_cluster_runs(repository, first, kube, trained):
    template = kube.get("workflowtemplate", "train-churn-v1")
    assert template["metadata"]["annotations"]["jeyn.dev/commit"] == first
    doctor = json.loads(repository.jeyn("doctor", "-e", "live", "--format", "json"))
    assert [one for one in doctor["checks"] if one["status"] == "missing"] == []
    name, pods = trained
    assert len(pods) >= 6
    for pod in pods:
        assert pod["metadata"]["annotations"]["jeyn.dev/commit"] == first
        assert "daprd" in [one["name"] for one in pod["spec"]["initContainers"]]
        main = next(one for one in pod["spec"]["containers"] if one["name"] == "main")
        assert main["image"].endswith(f":{first}")
    status = json.loads(repository.jeyn("status", "-e", "live", "--format", "json"))
    assert (status["commit"], status["sync"]) == (first, "Synced")
    assert name in [one["name"] for one in status["runs"]]
    live = json.loads(repository.jeyn("ls", "live", "-e", "live", "--format", "json"))["items"]
    assert [one["commit"] for one in live] == [first]


@pytest.mark.usefixtures("trained")
def test_digests_are_those_of_a_laptop(repository):
    repository.jeyn("run", "train-churn")
    laptop = repository.digests()
    assert laptop
    assert repository.digests("-e", "live") >= laptop
    assert "all as recorded" in repository.jeyn("verify", "-e", "live")


def test_items_and_conditions_do_what_they_do_on_a_laptop(repository, first, kube):
    workflow = succeeded(kube, kube.submit("sweep-v1"))
    assert {one["displayName"] for one in nodes(workflow)} >= {
        "fit(0:0)",
        "fit(3:3)",
        "refit(0:0)",
        "refit(1:1)",
        "ship",
    }
    again = succeeded(kube, kube.submit("sweep-v1", deploy="false"))
    skipped = {one["displayName"] for one in nodes(again) if one["phase"] in ("Skipped", "Omitted")}
    assert skipped >= {"ship", "announce"}
    runs = json.loads(repository.jeyn("ls", "runs", "-e", "live", "--format", "json"))["items"]
    newest = next(one for one in runs if one["run"] == again["metadata"]["uid"])
    statuses = {one["name"]: one["status"] for one in newest["steps"]}
    assert statuses["fit"] == statuses["refit"] == "reused"
    assert statuses["ship"] == "skipped"


def test_a_users_error_fails_once_with_its_message(repository, first, kube):
    name = kube.submit("trials-v1", what="fail")
    workflow = kube.ended(name)
    assert workflow["status"]["phase"] == "Failed"
    tried = [one for one in nodes(workflow) if one["type"] == "Pod" and one["displayName"].startswith("try")]
    assert len(tried) == 1
    assert "ValueError: it is the user's own fault" in tried[0]["message"]
    runs = json.loads(repository.jeyn("ls", "runs", "-e", "live", "--format", "json"))["items"]
    run = next(one for one in runs if one["run"] == workflow["metadata"]["uid"])
    assert run["status"] == "failed"
    assert "the user's own fault" in run["steps"][0]["error"]


def test_what_people_write_reaches_a_step_as_it_is(repository, first, kube):
    """Kubernetes would put a variable there, which holds a password."""
    written = "$(JEYN_POSTGRES)"
    (there,) = recorded(repository, succeeded(kube, kube.submit("trials-v1", what=written)))
    repository.jeyn("run", "trials", "-p", f"what={written}")
    listed = json.loads(repository.jeyn("ls", "reports", "--format", "json"))["items"]
    here = {one["digest"] for one in listed if one["definition"].startswith("done") or one["step"] == "try"}
    assert json.loads(repository.jeyn("show", there, "-e", "live", "--format", "json"))["digest"] in here


def running(kube, name):
    """The pod of the step, when its function runs."""

    def found():
        for pod in kube.pods(name):
            states = {one["name"]: one["state"] for one in pod["status"].get("containerStatuses", [])}
            if "running" in states.get("main", {}) and "-run-try-" in pod["metadata"]["name"]:
                logs = kube.run("logs", pod["metadata"]["name"], "-n", kube.namespace, "-c", "main", check=False)
                if "trying" in logs:
                    return pod["metadata"]["name"]
        return None

    return wait(found, 120, lambda: kube.told(name))


def recorded(repository, workflow):
    """What a run has recorded in the stream `done`."""
    found = json.loads(repository.jeyn("ls", "reports", "-e", "live", "--format", "json"))["items"]
    return [one["ref"] for one in found if one["run"] == workflow["metadata"]["uid"]]


def test_a_lost_pod_is_tried_again_and_leaves_one_entry(repository, first, kube):
    name = kube.submit("trials-v1", what="sleep15")
    kube.run("delete", "pod", running(kube, name), "-n", kube.namespace, "--grace-period=0", "--force")
    workflow = succeeded(kube, name)
    assert len(recorded(repository, workflow)) == 1
    assert "all as recorded" in repository.jeyn("verify", "-e", "live")


def test_a_killed_sidecar_is_started_again(repository, first, kube):
    name = kube.submit("trials-v1", what="sleep10")
    pod = running(kube, name)
    kill_daprd(kube.get("pod", pod)["metadata"]["uid"])
    workflow = succeeded(kube, name)
    assert len(recorded(repository, workflow)) == 1


def kill_daprd(pod):
    """SIGKILL the sidecar of a pod, which runs on this machine."""
    killed = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_of_pod = pod in (process / "cgroup").read_text().replace("_", "-")
            if is_of_pod and (process / "cmdline").read_bytes().startswith(b"/daprd"):
                os.kill(int(process.name), signal.SIGKILL)
                killed.append(process.name)
    assert len(killed) == 1


def test_no_memory_is_tried_again_and_told(repository, first, kube):
    name = kube.submit("trials-v1", what="memory")
    workflow = kube.ended(name, 600)
    assert workflow["status"]["phase"] == "Failed"
    tried = [one for one in nodes(workflow) if one["type"] == "Pod" and one["displayName"].startswith("try")]
    assert len(tried) == 4
    assert recorded(repository, workflow) == []
    assert "all as recorded" in repository.jeyn("verify", "-e", "live")


@pytest.mark.parametrize("how", ["Stop", "Terminate"])
def test_a_run_that_is_stopped_leaves_nothing_half(how, repository, first, kube):
    name = kube.submit("trials-v1", what="sleep60")
    running(kube, name)
    kube.run(
        "patch", "workflow", name, "-n", kube.namespace, "--type=merge", "-p", json.dumps({"spec": {"shutdown": how}})
    )
    workflow = kube.ended(name, 120)
    assert workflow["status"]["phase"] == "Failed"
    assert recorded(repository, workflow) == []
    assert "all as recorded" in repository.jeyn("verify", "-e", "live")


def test_a_wrong_image_is_refused(repository, first, kube, wheels):
    (repository.root / "NOTES.md").write_text("a change\n")
    commit = repository.commit("a commit whose image is of another")
    repository.build(commit, wheels, says=first)
    repository.deploy(commit)
    told = f"this image was built from commit {first}"
    wait(lambda: told in json.dumps(nodes(kube.get("workflow", "jeyn-live") or {})), 180)  # the sync itself fails
    workflow = kube.ended(kube.submit("trials-v1"))
    assert workflow["status"]["phase"] in ("Failed", "Error")
    assert any(told in one["message"] for one in nodes(workflow))
    repository.move(first)
    repository.synced(first)


@pytest.mark.usefixtures("trained")
def test_promotion_and_rollback_change_what_runs(repository, first, kube, wheels):
    succeeded(kube, kube.submit("train-churn-v1", C="0.25"))
    found = json.loads(repository.jeyn("ls", "checkpoints", "-e", "live", "--format", "json"))["items"]
    ours = {one["digest"]: one["ref"] for one in found if one["definition"].startswith("churn@")}
    assert len(ours) >= 2
    (newer, older) = list(ours)[:2]
    document = repository.root / "catalogs/churn.yaml"
    unpromoted = document.read_text()
    (repository.root / "pipelines/serve.yaml").write_text(SERVE)
    (repository.root / "pipelines/serve.py").write_text(SERVES)

    def served(commit, digest):
        repository.build(commit, wheels)
        repository.deploy(commit)
        repository.synced(commit)
        status = json.loads(repository.jeyn("status", "-e", "live", "--format", "json"))
        assert list(status["promoted"].values()) == [f"{ours[digest]} {digest}"]
        succeeded(kube, kube.submit("serve-v1"))
        told = json.loads(repository.jeyn("show", "told#latest", "-e", "live", "--format", "json"))
        assert told["commit"] == commit
        assert [one["digest"] for one in told["relationships"]] == [digest]

    for digest in (older, newer):
        document.write_text(
            f"{unpromoted}promoted:\n  production: {{checkpoint: {ours[digest]}, digest: '{digest}'}}\n"
        )
        commit = repository.commit("promote a checkpoint")
        assert digest in repository.git("show", "--unified=0", commit, "--", "generated/manifests")
        served(commit, digest)
    repository.git("revert", "--no-edit", "HEAD")
    served(repository.git("rev-parse", "HEAD"), older)
    repository.move(first)
    repository.synced(first)
    wait(lambda: kube.get("workflowtemplate", "serve-v1") is None, 60)


SERVE = """\
kind: Pipeline
name: serve
version: 1.0.0
steps:
  tell:
    function: pipelines.serve:tell
    cache: false
    inputs: {model: "churn@1#production"}
    outputs: {told: {report: told}}
"""
SERVES = """\
from __future__ import annotations

from generated.pipelines.serve_v1 import TellInputs, TellOutputs

from jeyn import artefact_store


def tell(inputs: TellInputs) -> TellOutputs:
    return TellOutputs(told=artefact_store.save({"model.txt": inputs.model.digest}))
"""


TICKS = """\
kind: Pipeline
name: ticks
version: 1.0.0
schedule: {cron: "* * * * *"}
on: merge
steps:
  tick:
    function: pipelines.ticks:tick
    outputs: {told: {report: ticked}}
    cache: false
"""
FOLLOWS = """\
kind: Pipeline
name: follows
version: 1.0.0
on: {new-batch: points@1}
steps:
  follow:
    function: pipelines.ticks:follow
    inputs: {points: "points@1#latest"}
    outputs: {told: {report: followed}}
"""
TICK = """\
from __future__ import annotations

from generated.pipelines.follows_v1 import FollowInputs, FollowOutputs
from generated.pipelines.ticks_v1 import TickInputs, TickOutputs

from jeyn import artefact_store


def tick(_: TickInputs) -> TickOutputs:
    return TickOutputs(told=artefact_store.save({"tick.txt": "tick"}))


def follow(inputs: FollowInputs) -> FollowOutputs:
    return FollowOutputs(told=artefact_store.save({"rows.txt": str(len(inputs.points))}))
"""


def started(kube, template, trigger):
    """The workflows of a template that something started, those that have succeeded."""
    found = []
    for one in kube.every("workflows"):
        given = {each["name"]: each.get("value") for each in one["spec"].get("arguments", {}).get("parameters", [])}
        if one["spec"].get("workflowTemplateRef", {}).get("name") == template and given.get("jeyn-trigger") == trigger:
            assert one.get("status", {}).get("phase") not in ("Failed", "Error"), kube.told(one["metadata"]["name"])
            if one.get("status", {}).get("phase") == "Succeeded":
                found.append(one)
    return found


@pytest.mark.usefixtures("trained")  # which makes the batch that is followed
def test_pipelines_start_by_themselves(repository, first, kube, wheels):
    for name, text in {"ticks.yaml": TICKS, "follows.yaml": FOLLOWS, "ticks.py": TICK}.items():
        (repository.root / "pipelines" / name).write_text(text)
    commit = repository.commit("pipelines that start by themselves")
    repository.build(commit, wheels)
    repository.deploy(commit)
    repository.synced(commit)
    wait(lambda: started(kube, "ticks-v1", "merge"), 120)
    wait(lambda: started(kube, "ticks-v1", "schedule"), 180)
    wait(lambda: len(started(kube, "follows-v1", "new-batch")) >= 2, 240)
    runs = json.loads(repository.jeyn("ls", "runs", "-e", "live", "--format", "json"))["items"]
    assert len([one for one in runs if one["pipeline"] == "follows"]) == 1  # once for the batch, then nothing was new
    repository.move(first)
    repository.synced(first)
