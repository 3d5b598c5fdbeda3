"""A run in pods records what a run on a laptop does, and says what became of it."""

from __future__ import annotations

import json
import signal
import time
from itertools import takewhile

from pods_of import Workflow, committed

ENVIRONMENT = ("-e", "disk")


def artefacts(project, *arguments):
    """Digest by stream, step, item and output of everything that is recorded."""
    listed = project.json("ls", *arguments)["items"]
    shown = [project.json("show", one["ref"], *arguments) for one in listed]
    return sorted((one["definition"], one["step"], one["item"], one["digest"]) for one in shown)


def runs(project):
    return project.json("ls", "runs", *ENVIRONMENT)["items"]


def test_pods_record_what_a_laptop_does(deployed):
    cluster = deployed("sweep")
    laptop = cluster.project.json("run", "sweep", "--workers", "1")
    first = Workflow(cluster, "sweep-v1", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    assert first.run() == "Succeeded", first.ended
    assert artefacts(cluster.project, *ENVIRONMENT) == artefacts(cluster.project)
    (run,) = runs(cluster.project)
    assert (run["run"], run["status"], run["commit"], run["dirty"]) == (first.uid, "succeeded", cluster.commit, False)
    there = {step["name"]: step for step in run["steps"]}
    for step in laptop["steps"]:
        assert there[step["name"]]["status"] == step["status"]
        assert there[step["name"]]["outputs"].keys() == step["outputs"].keys()
    shown = cluster.project.json("show", "best#1", *ENVIRONMENT)
    assert shown["image"] == f"registry.example/team/project:{cluster.commit}"
    assert shown["repository"] == "https://git.example/team/project"
    assert cluster.project.json("verify", *ENVIRONMENT)["problems"] == []

    # Again: everything is reused, and nothing is recorded but the run.
    second = Workflow(cluster, "sweep-v1", "7ba7b810-9dad-11d1-80b4-00c04fd430c8", {"deploy": "false"})
    assert second.run() == "Succeeded", second.ended
    assert artefacts(cluster.project, *ENVIRONMENT) == artefacts(cluster.project)
    newest = next(run for run in runs(cluster.project) if run["run"] == second.uid)
    states = {step["name"]: step["status"] for step in newest["steps"]}
    assert states.pop("ship") == states.pop("announce") == "skipped"
    assert set(states.values()) == {"reused"}
    assert second.phases["ship"] == "Skipped"
    assert cluster.project.json("verify", *ENVIRONMENT)["problems"] == []


def test_every_pod_may_be_tried_again_and_leaves_one_entry(deployed):
    cluster = deployed("sweep")
    workflow = Workflow(cluster, "sweep-v1", "run-one")
    tried = cluster.pod

    def twice(arguments, **extra):
        first, second = tried(arguments, **extra), tried(arguments, **extra)
        assert (first.code, first.outputs) == (second.code, second.outputs)
        return second

    cluster.pod = twice
    assert workflow.run() == "Succeeded"
    laptop = cluster.project.json("run", "sweep", "--workers", "1")
    assert laptop["status"] == "succeeded"
    assert artefacts(cluster.project, *ENVIRONMENT) == artefacts(cluster.project)
    assert len(runs(cluster.project)) == 1
    assert cluster.project.json("verify", *ENVIRONMENT)["problems"] == []


def test_a_users_error_is_told_where_argo_shows_it_and_in_the_end_of_the_run(deployed):
    cluster = deployed("sweep")
    cluster.project.edit(
        "pipelines/work.py",
        "    line = model_store.save(",
        "    if slope == 2:\n        raise ValueError('no slope')\n    line = model_store.save(",
    )
    cluster = committed(cluster.project, cluster.scratch)
    workflow = Workflow(cluster, "sweep-v1", "run-one")
    assert workflow.run() == "Failed"
    pods = {item: pod for (task, item), pod in workflow.ended.items() if task == "fit"}
    assert [pods[item].code for item in "0123"] == [0, 0, 1, 1]
    assert pods["2"].message.startswith("fit[2]: ")
    assert pods["2"].message.endswith("ValueError: no slope")
    assert "pipelines/work.py:" in pods["2"].message
    assert {"run", "pipeline", "step", "item", "time", "message"} == pods["2"].log[0].keys()
    (run,) = runs(cluster.project)
    steps = {step["name"]: step for step in run["steps"]}
    assert run["status"] == steps["fit"]["status"] == "failed"
    assert "ValueError: no slope" in steps["fit"]["error"]
    assert steps["plan"]["error"] == "a step that it needs did not succeed"
    assert [item["status"] for item in steps["fit"]["items"]] == ["ran", "ran", "failed", "failed"]


def arguments(cluster, *given):
    """Of a pod of the sample `numbers`."""
    own = ["--run", "run-one", "--commit", cluster.commit, "--outputs", "/tmp/outputs"]
    words = list(takewhile(lambda one: not one.startswith("-"), given))
    return ["step", "numbers@1", *words, *own, "--message", "/dev/termination-log", *given[len(words) :]]


WRONG = [
    (["read"], {"JEYN_IMAGE_COMMIT": "abc"}, 2, "this image was built from commit abc, and the manifest is of"),
    (["read"], {"JEYN_IMAGE_COMMIT": ""}, 2, "does not say from which commit it was built"),
    (["nothing"], {}, 2, "has no step 'nothing'"),
    (["double"], {}, 2, "--inputs lacks"),
    (["read", "--item", "3"], {}, 2, "has no item '3'"),
    (["read", "--parameters", "{"], {}, 2, "--parameters is no JSON"),
    (["read", "--parameters", "{}"], {}, 2, "--parameters is no list"),
    (["read", "--parameters", '[{"name": "none", "value": "1"}]'], {}, 2, "has no parameter 'none'"),
    (["read", "--parameters", '[{"name": "label", "value": "json:{"}]'], {}, 2, "begins with `json:` and is none"),
    (["read", "--parameters", '[{"name": 1}]'], {}, 2, "--parameters is no list"),
    (["read", "--parameters", "[" * 100_000], {}, 2, "--parameters is no JSON"),
    (["read", "--parameters", "@/no/such/file"], {}, 2, "/no/such/file cannot be read"),
    (["double", "--inputs", "[]"], {}, 2, "--inputs is no JSON object"),
    (["double", "--inputs", '{"read.batch": []}'], {}, 2, "--inputs"),
    (["--start", "--promoted", f"a b=c#1 sha256:{'a' * 64}"], {}, 2, "--promoted: not a reference"),
    (["read", "--commit="], {"JEYN_IMAGE_COMMIT": ""}, 2, "--commit is empty"),
    (["read", "--run", "../escape"], {}, 2, "cannot be the name of a run"),
    (["read", "--run="], {}, 2, "cannot be the name of a run"),
    (["double", "--inputs", '{"read.batch": "numbers"}'], {}, 2, "not of the form NAME#NUMBER"),
    (["--start", "--promoted", "a#production=b"], {}, 2, "--promoted: not of the form NAME#NUMBER"),
    (
        ["--start", "--promoted", 'a#production=json:"\\u0024(B)"'],
        {},
        2,
        "--promoted: not of the form NAME#NUMBER sha256:DIGEST: '$(B)'",
    ),
    (["--start", "--promoted", "a#production=json:"], {}, 2, "--promoted: Expecting value"),
    (["--start", "--new-batch", "a"], {}, 2, "--new-batch: not of the form NAME@MAJOR"),
    (["read", "--start"], {}, 2, "it is not clear what to do"),
    (["--live"], {}, 2, "it is not clear what to do"),
    (["read"], {"JEYN_ENVIRONMENT": "nowhere"}, 2, "there is no environment 'nowhere'"),
    (["read"], {"JEYN_ENVIRONMENT": "cluster", "DAPR_GRPC_PORT": "1"}, 4, "sidecar"),
]


def test_what_is_asked_wrongly_is_told_where_argo_shows_it(deployed):
    cluster = deployed("numbers")
    for given, extra, code, told in WRONG:
        done = cluster.pod(arguments(cluster, *given), **extra)
        assert (done.code, done.outputs) == (code, {}), done
        assert told in "\n".join([done.message, *(line["message"] for line in done.log)]), (given, done)


def test_a_pod_that_is_told_to_end_leaves_nothing_half(deployed, tmp_path):
    cluster = deployed("numbers")
    begun = tmp_path / "begun"
    slow = f"    open({str(begun)!r}, 'w').close()\n    import time\n    time.sleep(60)\n"
    cluster.project.edit("pipelines/work.py", ") -> dict[str, Any]:\n", f") -> dict[str, Any]:\n{slow}")
    cluster = committed(cluster.project, cluster.scratch)
    process, folder = cluster.begin(arguments(cluster, "read"))
    wait_for(begun.exists)
    process.send_signal(signal.SIGTERM)
    log, _ = process.communicate(timeout=20)
    done = cluster.ended(folder, process.returncode, log)
    assert done.code == 128 + signal.SIGTERM
    assert done.message == "read was stopped; what it had not committed is not recorded"
    assert done.outputs == {}
    assert cluster.project.json("ls", *ENVIRONMENT)["items"] == []


def test_a_step_whose_process_is_killed_is_a_lost_pod(deployed):
    cluster = deployed("numbers")
    kill = "    import os\n    os.kill(os.getpid(), 9)\n"
    cluster.project.edit("pipelines/work.py", ") -> dict[str, Any]:\n", f") -> dict[str, Any]:\n{kill}")
    cluster = committed(cluster.project, cluster.scratch)
    done = cluster.pod(arguments(cluster, "read"))
    assert (done.code, done.message) == (128 + signal.SIGKILL, "read: the process of the step was ended by signal 9")


def test_a_step_without_a_timeout_is_ended_by_the_environment_and_not_tried_again(deployed):
    cluster = deployed("numbers")
    wait = "    import time\n    time.sleep(60)\n"
    cluster.project.edit("pipelines/work.py", ") -> dict[str, Any]:\n", f") -> dict[str, Any]:\n{wait}")
    cluster = committed(cluster.project, cluster.scratch)
    disk = "[tool.jeyn.environments.disk]\n"
    cluster.project.edit("pyproject.toml", disk, f'{disk}namespace = "somewhere"\ntimeout = 2\n')
    done = cluster.pod(arguments(cluster, "read"))
    assert (done.code, done.outputs) == (1, {})
    assert done.message == "read: took longer than the 2s that the environment gives"


FOLLOWS = """\
kind: Pipeline
name: follows
version: 1.0.0
on: {new-batch: points@1}
steps:
  follow:
    function: pipelines.follows:follow
    inputs: {points: "points@1#latest"}
    outputs: {told: {report: followed}}
"""
FOLLOW = """\
from generated.pipelines.follows_v1 import FollowInputs, FollowOutputs

from jeyn import artefact_store


def follow(inputs: FollowInputs) -> FollowOutputs:
    return FollowOutputs(told=artefact_store.save({"points.txt": inputs.points.reference}))
"""


def test_a_new_batch_starts_a_run_once(deployed):
    cluster = deployed("sweep")
    (cluster.project.root / "pipelines/follows.yaml").write_text(FOLLOWS)
    (cluster.project.root / "pipelines/follows.py").write_text(FOLLOW)
    cluster = committed(cluster.project, cluster.scratch)

    def looked(run):
        workflow = Workflow(cluster, "follows-v1", run, {"jeyn-trigger": "new-batch"})
        assert workflow.run() == "Succeeded", workflow.ended
        return workflow.phases["follow"]

    assert looked("before-any") == "Skipped"
    for run in ("first", "second"):
        cluster.project.jeyn("run", "sweep", "--only", "read", "--force", *ENVIRONMENT)
        assert looked(run) == "Succeeded"
        assert looked(f"after-{run}") == "Skipped"
    followed = {run["run"]: run["steps"][0] for run in runs(cluster.project) if run["pipeline"] == "follows"}
    # The second batch holds the same values, so nothing is made anew of it.
    assert {run: (step["status"], step["inputs"]) for run, step in followed.items()} == {
        "first": ("ran", {"points": "points#1"}),
        "second": ("reused", {"points": "points#2"}),
    }


def test_what_a_stage_means_is_handed_to_a_run_and_must_be_that(deployed):
    cluster = deployed("numbers")
    start = ["step", "numbers@1", "--start", "--run", "one", "--commit", cluster.commit]
    done = cluster.pod([*start, "--promoted", f"mean#production=mean#1 sha256:{'a' * 64}"])
    assert done.code == 0, done  # this pipeline reads nothing of it
    assert [run["status"] for run in runs(cluster.project)] == ["open"]
    finish = ["step", "numbers@1", "--finish", "--run", "one", "--commit", cluster.commit]
    told = json.dumps([{"displayName": "read(1)", "message": "lost"}, {"displayName": "read", "message": "no more"}])
    for _ in range(2):
        assert cluster.pod([*finish, "--status", "Error", "--failures", told]).code == 0
    (run,) = runs(cluster.project)
    assert run["status"] == "failed"
    assert {step["name"]: (step["status"], step["error"]) for step in run["steps"]} == {
        "read": ("failed", "lost"),
        **dict.fromkeys(("double", "fit", "join", "predict"), ("skipped", "a step that it needs did not succeed")),
    }
    (unknown,) = [cluster.pod(["step", "numbers@1", "--finish", "--run", "two", "--commit", cluster.commit])]
    assert unknown.log[-1]["message"] == "there was nothing to run for"


def test_what_is_served_is_recorded_once_until_it_changes(deployed):
    cluster = deployed("numbers")
    model, other = f"mean#3 sha256:{'a' * 64}", f"mean#4 sha256:{'b' * 64}"

    def served(run, *promoted):
        given = [word for one in promoted for word in ("--promoted", one)]
        done = cluster.pod(["step", "--live", "--run", run, "--commit", cluster.commit, *given])
        assert done.code == 0, done
        return cluster.project.json("ls", "live", *ENVIRONMENT)["items"]

    (first,) = served("one", f"mean@1#production={model}", f"mean@1#staging={other}")
    assert first["commit"] == cluster.commit
    assert (first["environment"], first["promoted"]) == ("disk", {"mean@1#production": model})
    assert served("two", f"mean@1#production={model}") == [first]
    changed, _ = served("three", f"mean@1#production={other}")
    assert changed["promoted"] == {"mean@1#production": other}
    assert len(served("four", f"mean@1#production={model}")) == 3
    assert "mean@1#production: mean#3" in cluster.project.jeyn("ls", "live", *ENVIRONMENT).stdout
    assert cluster.project.json("verify", *ENVIRONMENT)["problems"] == []


def wait_for(condition):
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")
