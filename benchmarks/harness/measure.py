"""Measuring: contestants take turns, so that what else the machine does, and what they leave, meets all alike."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.contest import Absent, Contest, Contestant

_LONGEST = 1800.0
_IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Bench"), ("EMAIL", "bench@example.org"), ("DATE", "2030-01-01T00:00:00Z"))
}
#: For every contestant: no git configuration of this machine, nothing sent anywhere.
ENVIRONMENT = {
    **_IDENTITY,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "DO_NOT_TRACK": "1",
    "DVC_NO_ANALYTICS": "1",
    "KEDRO_DISABLE_TELEMETRY": "1",
}


class ContestantFailed(Exception):
    """A contestant ended with an error; the message holds the end of what it wrote."""


def hold(contest: Contest, rounds: int, tell: Callable[[str], None]) -> dict[str, list[float]]:
    """The figures of each contestant, in the order of the rounds; none of one that is absent."""
    turns = [contest.jeyn, *(one.contestant for one in contest.opponents if not isinstance(one.contestant, Absent))]
    if contest.warm_up:
        for contestant in turns:
            measure(contestant)
    figures: dict[str, list[float]] = {contestant.name: [] for contestant in turns}
    for number in range(1, rounds + 1):
        for contestant in turns:
            figures[contestant.name].append(measure(contestant))
        turns = [*turns[1:], turns[0]]  # so that nobody always comes after the same one
        shown = ", ".join(f"{name} {values[-1]:.4g}" for name, values in figures.items())
        tell(f"  round {number} of {rounds}: {shown}")
    return figures


def measure(contestant: Contestant) -> float:
    """One measurement in a fresh process. ContestantFailed if it does not end well within half an hour."""
    contestant.before()
    began = time.perf_counter()
    output = run(contestant)
    seconds = time.perf_counter() - began
    figure = float(output.split()[-1]) if contestant.says_figure else seconds
    return float(f"{figure:.6g}")


def run(contestant: Contestant) -> str:
    """What a contestant prints; nothing that it started is left behind. ContestantFailed as `measure`."""
    process = subprocess.Popen(
        contestant.command,
        cwd=contestant.folder,
        env=environment(contestant.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        raise ContestantFailed(f"{contestant.name} had not ended after {_LONGEST:.0f} seconds") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        raise ContestantFailed(f"{contestant.name} ended with code {process.returncode}\n{(output + errors)[-2000:]}")
    return output


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what steers Python, with what all contestants get, and more."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JEYN_STATE"))}
    # A contestant is found beside the Python that it belongs to, never by this process's virtual environment.
    own.pop("VIRTUAL_ENV", None)
    return {**own, **ENVIRONMENT, **more}


def python_alone(folder: Path) -> Contestant:
    """The least that a Python program takes: the floor of everything that starts one."""
    return Contestant("python -c pass", (sys.executable, "-c", "pass"), folder)
