"""Starting steps in processes of their own, and hearing when they end."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from jeyn.errors import Unreachable

#: What the numeric libraries read the number of their threads from.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# In seconds; a third of what Kubernetes gives a pod.
_GRACE = 10.0
_RUN_TASK = "import sys; from jeyn.runner.worker import *; sys.exit(run_task(Path(sys.argv[1]), sys.argv[2]))"


@dataclass(frozen=True, slots=True)
class _Running:
    """A process of a job: its id, which is that of its group too, and when it began, by the monotonic clock."""

    pid: int
    since: float


class Processes:
    """Steps in processes of their own.

    On Linux those that need one thread are forked from one prepared process, `jeyn.runner.worker`, which spares them
    their imports. Others, and all of them elsewhere, are started anew: numeric libraries fix their number of threads
    when they are loaded, and some do not survive a fork with several.
    """

    def __init__(self, *, fork: bool = sys.platform == "linux", grace: float = _GRACE) -> None:
        """`grace`: the seconds that a step has to end by itself when it is told to."""
        self._grace = grace
        # The simple one may be put into from a signal handler.
        self._ended: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
        self._is_interrupted = False
        self._running: dict[int, _Running] = {}
        self._started: dict[int, subprocess.Popen[bytes]] = {}
        self._server = _Server(self._running, self._ended) if fork else None

    def preload(self, modules: Iterable[str]) -> None:
        """Say what steps will import; advice."""
        if self._server is not None:
            self._server.send({"preload": sorted(set(modules))})

    def start(self, job: int, task: Path, log: Path, threads: int) -> None:
        """Start a task in a process with so many threads for its numeric libraries, its output added to a log.

        KeyboardInterrupt after `interrupt`.
        """
        self.heed()
        if self._server is not None and threads == 1:
            self._server.send({"id": job, "task": str(task), "log": str(log)})
            return
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN_TASK, str(task), str(log)],
            stdin=subprocess.DEVNULL,
            stdout=2,
            env=_environment(threads),
            start_new_session=True,
        )
        self._started[job] = process
        self._running[job] = _Running(process.pid, time.monotonic())
        threading.Thread(target=self._watch, args=(job, process), daemon=True).start()

    def seconds(self, job: int) -> float:
        """How long the process of a job has run; 0 where it has not begun yet."""
        running = self._running.get(job)
        return 0.0 if running is None else time.monotonic() - running.since

    def end(self, job: int) -> None:
        """Kill the process of a job and its group; `wait` tells when it has ended. Safe to call again until then.

        It is not asked first: what a step commits is one write, so there is no moment at which it must not be ended.
        """
        running = self._running.get(job)
        if running is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.pid, signal.SIGKILL)

    def wait(self, seconds: float | None = None) -> tuple[int, int] | None:
        """The next job that ended and its exit code, negative for a signal; None if none does for so long.

        KeyboardInterrupt after `interrupt`.
        """
        try:
            ended = self._ended.get(timeout=seconds)
        except queue.Empty:
            self.heed()
            return None
        self.heed()
        if ended is None:
            raise Unreachable("the process that the steps are forked from has ended", "run again")
        self._started.pop(ended[0], None)
        self._running.pop(ended[0], None)
        return ended

    def interrupt(self) -> None:
        """Have whoever waits, or starts a task next, be interrupted. May be called by a signal handler."""
        self._is_interrupted = True
        self._ended.put(None)

    def heed(self) -> None:
        """KeyboardInterrupt after `interrupt`."""
        if self._is_interrupted:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Ask whatever still runs to end, kill what does not in time, and wait for its end. Safe to call twice."""
        for running in self._running.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.pid, signal.SIGTERM)
        self._wait_for_all(self._grace)
        for job in self._running:
            self.end(job)
        for process in self._started.values():
            process.wait()
        if self._server is not None:
            self._server.stop()

    def _wait_for_all(self, seconds: float) -> None:
        """Until all have ended, or so long."""
        until = time.monotonic() + seconds
        while self._running and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                ended = self._ended.get(timeout=left)
                if ended is not None:
                    self._running.pop(ended[0], None)
                elif self._server is not None and self._server.has_ended:
                    return

    def _watch(self, job: int, process: subprocess.Popen[bytes]) -> None:
        self._ended.put((job, process.wait()))


class _Server:
    """The process that steps are forked from, at the other end of two pipes."""

    def __init__(self, running: dict[int, _Running], ended: queue.SimpleQueue[tuple[int, int] | None]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jeyn.runner.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(1),
            start_new_session=True,
        )
        self._running = running
        self._ended = ended
        self._reader = threading.Thread(target=self._read, name="jeyn-worker", daemon=True)
        self._reader.start()

    def send(self, message: Mapping[str, Any]) -> None:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except OSError as error:
            raise Unreachable("the process that the steps are forked from has ended", "run again") from error

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        if not self._running:
            self._process.kill()  # it may be in the middle of an import that nobody needs any more
        with contextlib.suppress(OSError):
            self._input.close()
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None, "it was opened with a pipe"
        return self._process.stdin

    def _read(self) -> None:
        assert self._process.stdout is not None, "it was opened with a pipe"
        for line in self._process.stdout:
            reply = json.loads(line)
            if "pid" in reply:
                self._running[reply["id"]] = _Running(reply["pid"], time.monotonic())
            else:
                self._ended.put((reply["id"], reply["exit"]))
        self._ended.put(None)


def _environment(threads: int) -> dict[str, str]:
    """Ours, with this Jeyn importable and so many threads, unless the variables are set already."""
    home = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH", "")
    return {
        **dict.fromkeys(THREAD_VARIABLES, str(threads)),
        **os.environ,
        "PYTHONPATH": f"{home}{os.pathsep}{path}" if path else home,
        "PYTHONUNBUFFERED": "1",
    }
