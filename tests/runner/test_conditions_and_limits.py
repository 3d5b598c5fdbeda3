"""`when`, `timeout` and the wait before a retry: what is not run, what is ended, and what goes on meanwhile."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from jeyn.model.running import YEAR, Backoff


def by_name(done):
    return {step["name"]: step for step in done["steps"]}


def test_a_condition_that_does_not_hold_skips_the_step_and_what_needs_it(copy_of):
    sweep = copy_of("sweep")
    done = sweep.json("run", "sweep", "-p", "deploy=false")
    steps = by_name(done)
    assert done["status"] == "succeeded"
    assert (steps["ship"]["status"], steps["ship"]["error"]) == ("skipped", "")
    assert steps["ship"]["notices"] == ["ship is skipped: parameters.deploy is false, not true"]
    assert steps["announce"]["notices"] == ["announce is skipped: ship, which it needs, is skipped"]
    foreseen = sweep.jeyn("run", "sweep", "--dry-run", "-p", "deploy=false").stdout
    assert "ship: would be skipped" in foreseen
    assert "choose: would be reused" in foreseen
    steps = by_name(sweep.json("run", "sweep"))
    assert [steps[name]["status"] for name in ("ship", "announce")] == ["ran", "ran"]
    sweep.edit("pipelines/work.py", "if slope > 2]", "if slope == 2]")
    steps = by_name(sweep.json("run", "sweep"))
    assert steps["ship"]["notices"] == ["ship is skipped: choose.best.error is 2.0, above its maximum 1"]
    sweep.edit("pipelines/work.py", 'metrics={"error": best.metrics["error"]}', 'metrics={"loss": 1}')
    steps = by_name(sweep.json("run", "sweep", code=1))
    assert steps["ship"]["status"] == "failed"
    assert steps["ship"]["error"].startswith("choose.best has no metric 'error'\n  fix: it has loss")
    assert "ship: would fail" in sweep.jeyn("run", "sweep", "--dry-run", code=1).stdout


def test_a_step_that_takes_too_long_is_ended_with_its_children(numbers):
    child = numbers.root.parent / "child"
    numbers.edit(
        "pipelines/numbers.yaml",
        "    function: pipelines.work:fit",
        "    function: pipelines.work:fit\n    timeout: 2s\n    retries: 1",
    )
    numbers.edit(
        "pipelines/work.py",
        "    mean = float(",
        "    import subprocess, time\n    process = subprocess.Popen(['sleep', '600'])\n"
        f"    with open({str(child)!r}, 'a') as file:\n        file.write(f'{{process.pid}} ')\n"
        "    time.sleep(600)\n    mean = float(",
    )
    numbers.commit()
    ran = numbers.jeyn("run", "numbers", "--format", "json", code=1)
    steps = by_name(json.loads(ran.stdout))
    assert steps["fit"]["error"].startswith("took longer than 2s")
    assert [steps[name]["status"] for name in ("read", "join", "predict")] == ["ran", "ran", "skipped"]
    assert 4 <= steps["fit"]["seconds"] < 60
    pids = child.read_text().split()
    assert len(pids) == 2, "what takes too long is tried again, as any failure of the step's own"
    deadline = time.monotonic() + 10
    while any(is_running(int(pid)) for pid in pids):
        assert time.monotonic() < deadline, "a child of the step is left behind"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process is there that is more than an entry in the table of processes."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_step_waits_before_it_is_tried_again_and_others_do_not(numbers):
    moments = numbers.root.parent / "moments"
    numbers.edit(
        "pipelines/numbers.yaml",
        "    function: pipelines.work:fit",
        "    function: pipelines.work:fit\n    retries: {limit: 2, backoff: 1s, factor: 2}",
    )
    note = f"    import time\n    with open({str(moments)!r}, 'a') as file:\n        file.write(f'NAME {{time.time()}}\\n')\n"
    numbers.edit(
        "pipelines/work.py",
        "    mean = float(",
        f"{note.replace('NAME', 'fit')}    if len(open({str(moments)!r}).read().split('fit')) < 4:\n"
        "        raise ConnectionError('flaky')\n    mean = float(",
    )
    numbers.edit("pipelines/numbers.yaml", "  join: {formula: joined@1}", "  join: {formula: joined@1, timeout: 10m}")
    numbers.commit()
    ran = numbers.jeyn("run", "numbers", "--workers", "1", "--format", "json")
    steps = by_name(json.loads(ran.stdout))
    assert steps["fit"]["status"] == "ran"
    first, second, third = (float(line.split()[1]) for line in moments.read_text().splitlines())
    assert second - first >= 1
    assert third - second >= 2
    # With one process at a time, the join can only have run while the fit waited.
    assert steps["join"]["seconds"] < steps["fit"]["seconds"]
    entries = numbers.json("ls")["items"]
    created = {item["ref"]: item["created"] for item in entries}
    assert created["joined#1"] < created["mean#1"]


@pytest.mark.parametrize(
    ("backoff", "waits"),
    [
        (Backoff(), [0, 0, 0]),
        (Backoff(30), [30, 30, 30]),
        (Backoff(30, 2), [30, 60, 120]),
        (Backoff(30, 3, 100), [30, 90, 100]),
        (Backoff(YEAR, 2**31 - 1), [YEAR, YEAR, YEAR]),
    ],
)
def test_waits_grow_up_to_the_longest(backoff, waits):
    assert [backoff.before(retry) for retry in range(3)] == waits
    assert backoff.before(2**31 - 1) <= YEAR
    for retries in (0, 1, 2, 40):
        assert backoff.in_all(retries) == sum(backoff.before(one) for one in range(retries))
    assert backoff.in_all(10**12) >= 10**12 * backoff.before(0)


def test_a_step_that_ends_by_itself_is_not_ended(numbers):
    numbers.edit("pipelines/numbers.yaml", "  read: {formula: source@1}", "  read: {formula: source@1, timeout: 60s}")
    assert numbers.json("run", "numbers")["status"] == "succeeded"
