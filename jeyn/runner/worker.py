"""The process that steps are forked from: it has imported what is slow to import, and nothing of the project's.

Each step runs in a process of its own, so that what one does to its interpreter reaches no other; forking it from one
that has NumPy, Arrow and scikit-learn in memory saves the seconds that importing them would take every time. It speaks
lines of JSON: jobs on standard input, process ids and exits on standard output. It ends with its parent, however
that ends.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import selectors
import signal
import sys
from pathlib import Path
from typing import Any

from jeyn.runner.masked_log import settle_log
from jeyn.runner.notices import tell_notices

#: The exit code of a step whose outcome or log cannot be written: EX_IOERR of sysexits.h.
CANNOT_WRITE = 74
#: What may be imported before a fork: no threads, no handles, no state of a run. Submodules of these likewise.
FORK_SAFE = frozenset({"matplotlib", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "skops", "sklearn"})
#: What Jeyn itself will import for objects of these.
COMPANIONS = {"sklearn": "skops.io", "matplotlib": "matplotlib.backends.backend_agg"}
#: What every step needs.
ALWAYS = (
    *("numpy.ma", "pyarrow.parquet", "pyarrow.compute", "jeyn.runner.execute", "jeyn.git.repository", "jeyn.session"),
    *("jeyn.stores.dataset_store", "jeyn.stores.model_store", "jeyn.stores.artefact_store", "jeyn.serializers.table"),
    *("jeyn.conformance.ingest", "jeyn.conformance.checks", "jeyn.conformance.content", "jeyn.conformance.report"),
    *("jeyn.conformance.columns", "jeyn.serializers.content", "jeyn.adapters.sqlite", "jeyn.adapters.folder"),
)


def main() -> None:
    """Serve jobs until standard input ends."""
    replies = os.dup(1)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wakeup, woken = os.pipe()
    for end in (wakeup, woken):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    jobs: dict[int, int] = {}
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    selector.register(wakeup, selectors.EVENT_READ)
    with contextlib.suppress(BrokenPipeError):  # the parent was killed, and hears of no reply
        _serve_all(selector, wakeup, jobs, replies)
    _end(jobs)


def _serve_all(selector: selectors.BaseSelector, wakeup: int, jobs: dict[int, int], replies: int) -> None:
    rest = b""
    while True:
        for key, _ in selector.select():
            if key.fd == wakeup:
                with contextlib.suppress(BlockingIOError):
                    os.read(wakeup, 4096)
                continue
            received = os.read(0, 1 << 16)
            if not received:
                return
            *lines, rest = (rest + received).split(b"\n")
            for line in lines:
                _serve(json.loads(line), jobs, replies)
        _reap(jobs, replies)


def preload(modules: list[str]) -> None:
    """Import what exists of these; whatever goes wrong is the step's to tell, where it matters."""
    tops = {name.partition(".")[0] for name in modules}
    for name in [*modules, *(companion for top, companion in COMPANIONS.items() if top in tops)]:
        if name.partition(".")[0] in FORK_SAFE or name in ALWAYS:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _serve(message: dict[str, Any], jobs: dict[int, int], replies: int) -> None:
    if "preload" in message:
        preload(message["preload"])
        return
    pid = os.fork()
    if pid == 0:
        run_job(message, replies)
    jobs[pid] = message["id"]
    _reply(replies, {"id": message["id"], "pid": pid})


def run_job(message: dict[str, Any], replies: int) -> None:
    """In the child: run the task, with standard output and error in the step's log, and end the process."""
    code = 70
    try:
        _die_with_parent()
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.close(replies)
        code = run_task(Path(message["task"]), message["log"])
    except BaseException:  # noqa: BLE001  # a fork must never return into the server's loop
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        settle_log()
        os._exit(code)


def _write_into(log: str) -> int | None:
    """Make a log the standard output and error of this process; where the latter went before, None if it cannot be."""
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    except OSError:
        return None
    terminal = os.dup(2)
    for source, standard in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (output, 2)):
        os.dup2(source, standard)
    return terminal


def run_task(path: Path, log: str) -> int:
    """Run a task, add what it prints to a log, and write its outcome; the exit code.

    What Jeyn itself warns of meanwhile goes to the standard error of before, too.
    """
    from jeyn.runner.execute import execute
    from jeyn.runner.task import Task
    from jeyn.utf8 import print_utf8

    terminal = _write_into(log)
    if terminal is None:
        return CANNOT_WRITE
    print_utf8()
    task = Task.read(path)
    tell_notices(terminal, task.label)
    outcome = execute(task)
    try:
        outcome.write(Path(task.result))
    except OSError:
        return CANNOT_WRITE
    finally:
        settle_log()
    return 0


def _die_with_parent() -> None:
    """On Linux a child asks to be killed with the process that it was forked from."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _reply(replies: int, message: dict[str, int]) -> None:
    os.write(replies, json.dumps(message).encode() + b"\n")  # short enough to be written at once, by pipe(7)


def _reap(jobs: dict[int, int], replies: int) -> None:
    while jobs:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _reply(replies, {"id": jobs.pop(pid), "exit": os.waitstatus_to_exitcode(status)})


def _end(jobs: dict[int, int]) -> None:
    """The parent is gone: so is everything that it had started."""
    for pid in jobs:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    preload(list(ALWAYS))
    main()
