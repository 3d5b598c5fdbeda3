"""Commands that go on in processes of their own while a test does something to what they need."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oracles import acknowledged

if TYPE_CHECKING:
    from conftest import ProjectFolder

#: A run in which every step runs, and records.
RUN = "run harvest --force --workers 4 --no-generate --format json".split()


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it told."""

    code: int
    told: str
    complaint: str

    @property
    def run(self) -> dict[str, Any]:
        """What a run told, as JSON; empty where it told nothing."""
        return json.loads(self.told) if self.told else {}

    @property
    def acknowledged(self) -> dict[str, str]:
        """As `oracles.acknowledged`."""
        return acknowledged(self.run) if self.told else {}

    @property
    def errors(self) -> list[str]:
        """What a user read of what went wrong, the first line of each."""
        failed = [step["error"] for step in self.run.get("steps", ()) if step["status"] == "failed"]
        return [error.splitlines()[0] for error in [*failed, *self.complaint.split("jeyn: ")[1:]]]


@dataclass
class Running:
    """A command in a process group of its own, as a terminal starts it; `seconds` is how long it took, in the end."""

    process: subprocess.Popen[str]
    began: float = field(default_factory=time.monotonic)
    began_at: float = field(default_factory=time.time)
    seconds: float = 0.0

    @classmethod
    def start(cls, project: ProjectFolder, *arguments: str, within: Sequence[str] = ()) -> Running:
        """Start `jeyn` with these arguments, `within` what another command makes around it."""
        return cls(
            subprocess.Popen(
                [*within, sys.executable, "-m", "jeyn", *arguments],
                cwd=project.root,
                env=project.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )

    @property
    def goes_on(self) -> bool:
        return self.process.poll() is None

    def await_step(self, runs: Path) -> None:
        """Return when a step of this run has been started; `runs` is the folder in which its environment's runs are."""
        while not any(task.stat().st_mtime > self.began_at for task in runs.glob("*/*.task.json")):
            assert self.goes_on, self.process.communicate()
            time.sleep(0.005)

    def interrupt(self) -> None:
        """What Ctrl-C in a terminal does."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> bool:
        """SIGKILL it; whether it still went on."""
        met = self.goes_on
        self.process.kill()
        return met

    def end(self, *codes: int) -> Ended:
        """Wait for its end, which must be with one of these exit codes, and without a traceback."""
        told, complaint = self.process.communicate(timeout=120)
        self.seconds = time.monotonic() - self.began
        assert "Traceback" not in complaint, complaint
        assert self.process.returncode in codes, f"exit {self.process.returncode}\n{told}\n{complaint}"
        return Ended(self.process.returncode, told, complaint)


def add_environments(project: ProjectFolder, tables: str) -> None:
    """Add tables to pyproject.toml, and commit it."""
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(tables)
    project.commit("environments")


@contextmanager
def chances() -> Iterator[random.Random]:
    """Random numbers whose seed pytest shows where the test fails."""
    seed = int(os.environ.get("JEYN_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"the same again: JEYN_TEST_SEED={seed}")
    yield random.Random(seed)


def usual_seconds(project: ProjectFolder, *arguments: str) -> float:
    """How long a command takes that nothing befalls, when it is not the first of its kind."""
    for _ in range(2):
        began = time.monotonic()
        project.jeyn(*arguments)
    return time.monotonic() - began


def is_gone(pid: int) -> bool:
    """Whether a process has ended, even if nobody has asked yet how."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def await_end(pids: list[int], seconds: float) -> None:
    """Fail unless all of these processes have ended by then."""
    end = time.monotonic() + seconds
    while left := [pid for pid in pids if not is_gone(pid)]:
        assert time.monotonic() < end, f"processes {left} go on"
        time.sleep(0.01)
