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
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from jeyn.errors import Unreachable

#: What the numeric libraries read the number of their threads from.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_RUN_TASK = "import sys; from jeyn.runner.worker import *; sys.exit(run_task(Path(sys.argv[1]), sys.argv[2]))"


class Processes:
    """Steps in processes of their own.

    On Linux those that need one thread are forked from one prepared process, `jeyn.runner.worker`, which spares them
    their imports. Others, and all of them elsewhere, are started anew: numeric libraries fix their number of threads
    when they are loaded, and some do not survive a fork with several.
    """

    def __init__(self, *, fork: bool = sys.platform == "linux") -> None:
        # The simple one may be put into from a signal handler.
        self._ended: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
        self._is_interrupted = False
        self._pids: dict[int, int] = {}
        self._started: dict[int, subprocess.Popen[bytes]] = {}
        self._server = _Server(self._pids, self._ended) if fork else None

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
        self._pids[job] = process.pid
        threading.Thread(target=self._watch, args=(job, process), daemon=True).start()

    def wait(self) -> tuple[int, int]:
        """The next job that ended and its exit code, negative for a signal. KeyboardInterrupt after `interrupt`."""
        ended = self._ended.get()
        self.heed()
        if ended is None:
            raise Unreachable("the process that the steps are forked from has ended", "run again")
        self._started.pop(ended[0], None)
        self._pids.pop(ended[0], None)
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
        """End whatever still runs, and wait for its end. Safe to call twice."""
        for pid in self._pids.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGTERM)
        for process in self._started.values():
            process.wait()
        if self._server is not None:
            self._server.stop()

    def _watch(self, job: int, process: subprocess.Popen[bytes]) -> None:
        self._ended.put((job, process.wait()))


class _Server:
    """The process that steps are forked from, at the other end of two pipes."""

    def __init__(self, pids: dict[int, int], ended: queue.SimpleQueue[tuple[int, int] | None]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jeyn.runner.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(1),
            start_new_session=True,
        )
        self._pids = pids
        self._ended = ended
        self._reader = threading.Thread(target=self._read, name="jeyn-worker", daemon=True)
        self._reader.start()

    def send(self, message: Mapping[str, Any]) -> None:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except OSError as error:
            raise Unreachable("the process that the steps are forked from has ended", "run again") from error

    def stop(self) -> None:
        if not self._pids:
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
                self._pids[reply["id"]] = reply["pid"]
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
