"""`jeyn run`: what runs, what is reused, what fails, and what is recorded of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from jeyn.model.definitions import Resources
from jeyn.model.plan import PlannedStep
from jeyn.runner.runtime import threads_of
from jeyn.version import VERSION

ALL = ["read", "double", "fit", "join", "predict"]


def statuses(done) -> dict[str, str]:
    return {step["name"]: step["status"] for step in done["steps"]}


def test_a_run_records_every_output_with_its_commit(numbers):
    commit = numbers.git("rev-parse", "HEAD")
    done = numbers.json("run", "numbers")
    assert done["schema"] == "jeyn.run/1"
    assert (done["status"], done["commit"], done["dirty"]) == ("succeeded", commit, False)
    assert statuses(done) == dict.fromkeys(ALL, "ran")
    fit = done["steps"][2]
    assert fit["inputs"] == {"doubles": "doubled#1"}
    assert fit["outputs"] == {"model": "mean#1", "report": "fit-report#1"}
    shown = numbers.json("show", "mean#1")
    assert shown["schema"] == "jeyn.artefact/1"
    assert (shown["kind"], shown["definition"], shown["commit"]) == ("checkpoint", "mean@1.0.0", commit)
    assert (shown["run"], shown["pipeline"], shown["step"]) == (done["run"], "numbers", "fit")
    assert [(edge["type"], edge["target"]) for edge in shown["relationships"]] == [("trained_on", "doubled#1")]
    report = numbers.json("show", "fit-report#1")
    edges = {(edge["type"], edge["target"]) for edge in report["relationships"]}
    assert edges == {("describes", "mean#1"), ("derived_from", "doubled#1")}
    assert report["relationships"][0]["digest"] == shown["digest"]
    predicted = {(edge["type"], edge["target"]) for edge in numbers.json("show", "predicted#1")["relationships"]}
    assert predicted == {("derived_from", "doubled#1"), ("predicted_with", "mean#1")}
    joined = numbers.json("show", "joined#1")
    assert joined["metadata"]["unmatched"] == {"numbers": 0, "doubles": 0}
    assert numbers.json("verify")["problems"] == []


def test_what_did_not_change_is_reused_and_what_depends_on_a_change_is_not(numbers):
    first = numbers.json("run", "numbers")
    again = numbers.json("run", "numbers")
    assert statuses(again) == dict.fromkeys(ALL, "reused")
    assert [step["outputs"] for step in again["steps"]] == [step["outputs"] for step in first["steps"]]
    other = numbers.json("run", "numbers", "-p", "factor=2")
    assert statuses(other) == {"read": "reused", "double": "reused", "fit": "ran", "join": "reused", "predict": "ran"}
    # A module that the functions do not import does not matter; one that they import does.
    (numbers.root / "pipelines" / "elsewhere.py").write_text("X = 1\n")
    assert set(statuses(numbers.json("run", "numbers")).values()) == {"reused"}
    numbers.edit("pipelines/work.py", "return {", "return  {")
    # The join has no function, and what it reads turned out the same.
    assert statuses(numbers.json("run", "numbers")) == {**dict.fromkeys(ALL, "ran"), "join": "reused"}


def test_the_same_code_gives_the_same_digests_in_another_ledger(numbers):
    first = {item["ref"]: item["digest"] for item in numbers.json("run", "numbers") and numbers.json("ls")["items"]}
    elsewhere = {"JEYN_STATE": str(numbers.root.parent / "elsewhere")}
    numbers.json("run", "numbers", **elsewhere)
    assert {item["ref"]: item["digest"] for item in numbers.json("ls", **elsewhere)["items"]} == first
    assert len(first) == 6


def test_force_runs_again_and_tells_a_step_that_is_not_deterministic(numbers):
    numbers.edit("pipelines/work.py", "keys / 2", "np.random.default_rng().random(20)")
    numbers.commit()
    numbers.json("run", "numbers")
    forced = numbers.jeyn("run", "numbers", "--force", "--only", "read").stdout
    assert "read is not deterministic" in forced
    calm = numbers.jeyn("run", "numbers", "--force", "--only", "join").stdout
    assert "not deterministic" not in calm


def test_only_takes_the_newest_of_what_other_steps_gave(numbers):
    numbers.json("run", "numbers")
    done = numbers.json("run", "numbers", "--only", "fit", "--force")
    assert statuses(done) == {"fit": "ran"}
    assert done["steps"][0]["inputs"] == {"doubles": "doubled#1"}
    assert "has no step" in numbers.jeyn("run", "numbers", "--only", "nope", code=2).stderr


def test_a_dry_run_records_nothing(numbers):
    assert statuses(numbers.json("run", "numbers", "--dry-run")) == dict.fromkeys(ALL, "ran")
    assert numbers.json("ls", "runs")["items"] == []
    numbers.json("run", "numbers")
    foreseen = numbers.json("run", "numbers", "--dry-run", "-p", "label=other")
    assert statuses(foreseen) == {
        "read": "reused",
        "double": "reused",
        "fit": "ran",
        "join": "reused",
        "predict": "ran",
    }
    assert len(numbers.json("ls", "runs")["items"]) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("factor=abc", "'abc' is no float64"),
        ("factor=-1", "breaks minimum 0"),
        ("colour=red", "has no parameter 'colour'"),
        ("factor", "has no value"),
    ],
)
def test_a_bad_parameter_is_refused_before_anything_runs(numbers, given, message):
    assert message in numbers.jeyn("run", "numbers", "-p", given, code=2).stderr
    assert numbers.json("ls", "runs")["items"] == []


def test_what_events_name_of_a_run_can_be_shown(numbers):
    run = numbers.json("run", "numbers", "--only", "read")
    events = numbers.json("events")["events"]
    subjects = {event["type"]: event["subject"] for event in events}
    started, finished = (numbers.json("show", subjects[one]) for one in ("run.started", "run.finished"))
    assert (started["schema"], started["kind"], started["run"]) == ("jeyn.run_entry/1", "run-started", run["run"])
    assert started["details"]["steps"] == [["read", ""]]
    assert (finished["ref"], finished["kind"]) == (subjects["run.finished"], "run-finished")
    assert finished["details"]["status"] == "succeeded"
    assert finished["commit"] == run["commit"]
    shown = numbers.jeyn("show", subjects["run.finished"]).stdout.splitlines()
    assert shown[0] == "numbers#2  run-finished"
    assert "  step        read  ran" in shown
    assert "  status      succeeded" in shown
    assert numbers.jeyn("show", subjects["run.started"]).stdout.splitlines()[-1] == "  step        read"
    assert "nothing is recorded as numbers#3" in numbers.jeyn("show", "numbers#3", code=2).stderr


def test_a_failed_step_keeps_the_others_and_shows_the_users_own_code(numbers):
    numbers.edit(
        "pipelines/work.py", "    mean = float(", "    assert len(inputs.doubles) == 3, 'too many'\n    mean = float("
    )
    numbers.commit()
    done = numbers.json("run", "numbers", code=1)
    assert (done["status"], statuses(done)) == (
        "failed",
        {"read": "ran", "double": "ran", "fit": "failed", "join": "ran", "predict": "skipped"},
    )
    error = done["steps"][2]["error"]
    assert error.splitlines()[0].startswith("  pipelines/work.py:")
    assert error.endswith("AssertionError: too many")
    assert "jeyn/runner" not in error
    assert {item["ref"] for item in numbers.json("ls")["items"]} == {"source#1", "doubled#1", "joined#1"}
    (run,) = numbers.json("ls", "runs")["items"]
    assert run["status"] == "failed"
    assert numbers.json("verify")["problems"] == []


def test_a_step_is_tried_again_as_often_as_it_says(numbers):
    counter = numbers.root.parent / "tries"
    numbers.edit(
        "pipelines/numbers.yaml", "    function: pipelines.work:fit", "    function: pipelines.work:fit\n    retries: 2"
    )
    numbers.edit(
        "pipelines/work.py",
        "    mean = float(",
        f"    with open({str(counter)!r}, 'a+') as file:\n        file.write('x')\n        file.seek(0)\n"
        "        if len(file.read()) < 3:\n            raise ConnectionError('flaky')\n    mean = float(",
    )
    numbers.commit()
    done = numbers.json("run", "numbers")
    assert statuses(done)["fit"] == "ran"
    assert counter.read_text() == "xxx"
    assert numbers.json("verify")["problems"] == []


def test_what_a_step_prints_is_in_its_log_and_nowhere_else(numbers):
    numbers.edit("pipelines/work.py", "    mean = float(", "    print('a word from fit')\n    mean = float(")
    numbers.commit()
    done = numbers.jeyn("run", "numbers")
    assert "a word from fit" not in done.stdout + done.stderr
    (log,) = (numbers.root / ".jeyn" / "runs").glob("*/fit.log")
    assert log.read_text() == "a word from fit\n"


def test_a_step_that_ends_its_process_fails_and_says_how(numbers):
    numbers.edit(
        "pipelines/work.py",
        "    mean = float(",
        "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n    mean = float(",
    )
    numbers.commit()
    done = numbers.json("run", "numbers", code=1)
    assert "ended by signal 9" in done["steps"][2]["error"]


def test_an_uncommitted_tree_is_kept_as_a_commit(numbers):
    head = numbers.git("rev-parse", "HEAD")
    numbers.edit("pipelines/work.py", "keys / 2", "keys / 4")
    before = (numbers.git("status", "--porcelain"), numbers.git("stash", "list"), numbers.git("reflog"))
    done = numbers.json("run", "numbers")
    assert done["dirty"]
    assert done["commit"] != head
    assert "keys / 4" in numbers.git("show", f"{done['commit']}:pipelines/work.py")
    assert numbers.git("rev-parse", f"refs/jeyn/snapshots/{done['commit']}") == done["commit"]
    assert (numbers.git("status", "--porcelain"), numbers.git("stash", "list"), numbers.git("reflog")) == before
    assert numbers.json("run", "numbers")["commit"] == done["commit"], "the same tree is the same commit"
    assert {item["commit"] for item in numbers.json("ls")["items"]} == {done["commit"]}


def test_a_file_that_is_edited_while_the_run_goes_on_fails_the_step_that_imports_it(numbers):
    numbers.edit(
        "pipelines/work.py", "    keys = np.arange", "    import time\n    time.sleep(1.5)\n    keys = np.arange"
    )
    numbers.commit()
    command = [sys.executable, "-m", "jeyn", "run", "numbers", "--format", "json"]
    process = subprocess.Popen(command, cwd=numbers.root, env=numbers.environment, stdout=subprocess.PIPE, text=True)
    folder = numbers.root / ".jeyn" / "runs"
    while not list(folder.glob("*/read.log")):
        time.sleep(0.05)
    time.sleep(0.8)
    numbers.edit("pipelines/work.py", "keys / 2", "keys / 3")
    done = json.loads(process.communicate(timeout=60)[0])
    assert process.returncode == 1
    (failed,) = [step for step in done["steps"] if step["status"] == "failed"]
    assert "pipelines/work.py: edited while the run went on" in failed["error"]
    assert numbers.json("run", "numbers")["status"] == "succeeded"


def test_stale_code_is_regenerated_first(numbers):
    numbers.edit("catalogs/doubles.yaml", "double: {dtype: float64}", "double: {dtype: float64, maximum: 40}")
    assert numbers.json("generate", "--check", code=1)["files"] == [
        {"path": "generated/catalogs/doubles_v1.py", "state": "changed", "made_by": VERSION}
    ]
    numbers.json("run", "numbers")
    assert numbers.json("generate", "--check")["files"] == []


def test_documents_with_errors_do_not_run(numbers):
    numbers.edit("catalogs/doubles.yaml", "dtype: float64", "dtype: float65")
    done = numbers.jeyn("run", "numbers", code=1)
    assert "JYN111" in done.stderr
    assert numbers.json("ls", "runs")["items"] == []


def test_data_that_breaks_its_catalog_is_refused_whole(numbers):
    numbers.edit("pipelines/work.py", "keys / 2", "keys * 100.0")
    done = numbers.json("run", "numbers", code=1)
    error = done["steps"][0]["error"]
    for part in ("value", "maximum 1000", "9 rows", "1100.0"):
        assert part in error
    assert numbers.json("ls")["items"] == []


def test_the_wrong_output_is_refused(numbers):
    numbers.edit(
        "pipelines/work.py",
        "return FitOutputs(model=model, report=report)",
        "return FitOutputs(model=report, report=report)",
    )
    error = numbers.json("run", "numbers", code=1)["steps"][2]["error"]
    assert "the output `model`" in error
    assert 'output="model"' in error


def test_a_draft_that_is_not_output_cannot_be_referred_to(numbers):
    numbers.edit(
        "pipelines/work.py",
        "    return FitOutputs(model=model",
        '    model = model_store.save({"mean": 0.0}, trained_on=inputs.doubles)\n    return FitOutputs(model=model',
    )
    error = numbers.json("run", "numbers", code=1)["steps"][2]["error"]
    assert "refers to something that this step saved and did not output" in error


def test_an_interrupted_run_is_recorded_as_cancelled(numbers):
    numbers.edit(
        "pipelines/work.py", "    keys = np.arange", "    import time\n    time.sleep(60)\n    keys = np.arange"
    )
    command = [sys.executable, "-m", "jeyn", "run", "numbers", "--format", "json"]
    process = subprocess.Popen(command, cwd=numbers.root, env=numbers.environment, stdout=subprocess.PIPE, text=True)
    while not list((numbers.root / ".jeyn" / "runs").glob("*/read.task.json")):
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    done = json.loads(process.communicate(timeout=20)[0])
    assert process.returncode == 130
    assert done["status"] == "cancelled"
    assert set(statuses(done).values()) == {"cancelled"}
    (run,) = numbers.json("ls", "runs")["items"]
    assert run["status"] == "cancelled"


def test_outside_git_it_says_what_to_do(numbers):
    (numbers.root / ".git").rename(numbers.root.parent / "gone")
    assert "git init" in numbers.jeyn("run", "numbers", code=2).stderr


def test_unknown_pipelines_are_named(numbers):
    assert "there are: numbers" in numbers.jeyn("run", "nubmers", code=2).stderr
    assert "there is no Pipeline numbers@7" in numbers.jeyn("run", "numbers@7", code=2).stderr


def test_steps_with_more_threads_are_started_anew(numbers):
    numbers.edit(
        "pipelines/numbers.yaml",
        "    function: pipelines.work:fit",
        "    function: pipelines.work:fit\n    resources: {cpu: 1500m}",
    )
    numbers.edit(
        "pipelines/work.py",
        "    mean = float(",
        "    import os\n    print(os.environ['OMP_NUM_THREADS'])\n    mean = float(",
    )
    assert numbers.json("run", "numbers")["status"] == "succeeded"
    (log,) = (numbers.root / ".jeyn" / "runs").glob("*/fit.log")
    assert log.read_text() == "2\n"


@pytest.mark.parametrize(
    ("cpu", "threads"),
    [("", 1), ("0", 1), ("1", 1), ("1500m", 2), ("2.5", 3), ("2e0", 2), ("5E-1", 1), ("1000001u", 2), ("0.004k", 4)],
)
def test_a_step_gets_a_thread_for_each_processor_however_they_are_written(cpu, threads):
    assert threads_of(PlannedStep("fit", resources=Resources(cpu))) == threads


def test_two_runs_at_once_lose_nothing(numbers):
    command = [sys.executable, "-m", "jeyn", "run", "numbers", "--force", "--format", "json"]
    running = [
        subprocess.Popen(command, cwd=numbers.root, env=numbers.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        assert json.loads(process.communicate(timeout=120)[0])["status"] == "succeeded"
    refs = {item["ref"] for item in numbers.json("ls")["items"]}
    names = ("source", "doubled", "joined", "predicted", "mean", "fit-report")
    assert refs == {f"{name}#{number}" for name in names for number in (1, 2, 3)}
    assert numbers.json("verify")["problems"] == []
