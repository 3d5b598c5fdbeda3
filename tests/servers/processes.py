"""Real servers as processes on loopback, that can be killed, frozen and started again on the same port and data."""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Self

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.01
_STANDING = {"T", "Z", "X", ""}


class Unavailable(Exception):
    """A server's program cannot be had on this machine; the message says why."""


class ServerFailed(Exception):
    """A server ended, or did not do what it was asked in time; the message ends with its last lines."""


class ServerProcess(ABC):
    """One server, in the foreground, with its output in `FOLDER/NAME.log`; it ends with the test process.

    `user` is the id, of a user and of a group, to run as. The environment holds PATH and what is given, so that no setting of the caller's leaks
    into a server.
    """

    stop_signal = signal.SIGTERM
    patience = 30.0  # seconds, for becoming ready

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        user: int | None = None,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = list(command)
        self._folder = folder
        self._environment = {"PATH": os.environ.get("PATH", os.defpath), **(environment or {})}
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def ready(self) -> bool:
        """Whether the server does its work now; asked again and again while it starts."""

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start, and return when it is ready. ServerFailed if it ends, or is not ready in time."""
        assert not self.running, f"{self.name} is running"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                start_new_session=True,
            )
        _keep(self.pid)
        try:
            self.await_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def heal(self) -> None:
        """Make it run and answer again, whatever a test did to it."""
        if self.running:
            self.thaw()
            self.await_ready()
        else:
            self.start()

    def await_ready(self) -> None:
        """Return when the server is ready. ServerFailed if it ends, or is not ready in time."""
        deadline = time.monotonic() + self.patience
        while not self.ready():
            if not self.running:
                raise self._failure(f"ended with {self._process and self._process.returncode} before it was ready")
            if time.monotonic() > deadline:
                raise self._failure(f"was not ready within {self.patience:g} s")
            time.sleep(_POLL_SECONDS)

    def stop(self, patience: float = 15.0) -> None:
        """Ask the server to end, and wait until it has. One that does not is killed, and that is a ServerFailed."""
        if self._process is None or not self.running:
            return
        self.thaw()
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self._failure(f"did not end within {patience:g} s of {self.stop_signal.name}") from None

    def kill(self) -> None:
        """End the server and its children as a crash does (SIGKILL), and wait until they are gone."""
        if self._process is None or not self.running:
            return
        self._signal(signal.SIGSTOP)  # so that none starts another while they are counted
        ends = [os.pidfd_open(child) for child in descendants(self.pid)]
        self._signal(signal.SIGKILL)
        self._process.wait()
        for end in ends:
            select.select([end], [], [])
            os.close(end)

    def restart(self) -> None:
        """Start again on the same port and data, whatever state it is in."""
        self.stop()
        self.start()

    def freeze(self, seconds: float) -> None:
        """Let the server stand still (SIGSTOP), and go on after some time."""
        with self.frozen():
            time.sleep(seconds)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server stands still while the block runs: it takes connections, and answers none."""
        try:
            self._signal(signal.SIGSTOP)
            while not {state(pid) for pid in (self.pid, *descendants(self.pid))} <= _STANDING:
                time.sleep(0.001)
            yield
        finally:
            self.thaw()

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self if self.running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _signal(self, number: signal.Signals) -> None:
        """To the server first, so that it starts no more children, then to those that it has."""
        if not self.running:
            return
        children = descendants(self.pid)
        for pid in [self.pid, *children, *descendants(self.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _failure(self, what: str) -> ServerFailed:
        last = self.log.read_text(errors="replace").splitlines()[-20:] if self.log.exists() else []
        return ServerFailed("\n  ".join([f"{self.name} {what}: {' '.join(self._command)}", *last]))


def state(pid: int) -> str:
    """The letter of a process's state (proc(5)), such as T for frozen and Z for ended; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descendants(pid: int) -> list[int]:
    """Ids of the processes that a process started, and those that these started (proc(5))."""
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [found for child in map(int, started) for found in (child, *descendants(child))]


def _keep(pid: int) -> None:
    """Tell the keeper of a server, so that not even a kill of this process leaves it behind."""
    pipe = _keeper(os.getpid())
    pipe.write(b"%d\n" % pid)


@cache
def _keeper(owner: int) -> IO[bytes]:
    # By owner: a process that is forked from this one needs a keeper of its own.
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, env={}, bufsize=0, start_new_session=True)
    pipe = keeper.stdin
    assert pipe is not None

    def dismiss() -> None:
        pipe.close()
        keeper.wait(10)

    atexit.register(dismiss)
    return pipe
