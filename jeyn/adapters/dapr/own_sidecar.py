"""A sidecar of our own: daprd, started with an environment's components, that ends when this process does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, BinaryIO
from weakref import WeakSet

from jeyn.adapters.dapr.calls import Patience, Sidecar
from jeyn.adapters.dapr.channel import USED, SidecarAddress
from jeyn.errors import AskError, Unreachable
from jeyn.forks import claim_process
from jeyn.local_files import using

APP_ID = "jeyn"
#: The largest message that our sidecar takes, in daprd's notation.
BODY_SIZE = "16Mi"
# daprd is ready in about 0.1 seconds; a component whose store is away may take as long as it is waited for.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05
_END = 5.0
# A component that is not there after so many seconds is none that this folder has, or one whose errors are ignored.
_GRACE = 0.3
# Of a line of its log, what it says: https://docs.dapr.io/operations/observability/logging/logs-troubleshooting/
_MESSAGE = re.compile(r' msg="((?:[^"\\]|\\.)*)"')
# What Go says where there is nobody, and stores where they are not ready yet: PostgreSQL by its class 57 (operator
# intervention), Redis while it reads its data. And what daprd says where another was faster: with its port, or with
# the tables that both make (42710 and 42P07, duplicate object and table, 23505, unique violation).
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY = re.compile(
    r"dial (?:tcp|unix|error)|i/o timeout|connection re(?:fused|set)|\bEOF\b|SQLSTATE 57P0|LOADING "
    r"|internal gRPC server: could not listen|metadata table: .*SQLSTATE (?:42710|42P07|23505)"
)
_SILENT = "it does not say why"
# By itself daprd listens on UDP port 5353 of every network, to find others by multicast DNS and to be found. Nobody
# calls another application here, and the resolver named here does nothing before somebody does.
# https://docs.dapr.io/reference/components-reference/supported-name-resolution/
_CONFIGURATION = """
apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: jeyn}
spec: {nameResolution: {component: kubernetes}}
"""
# A shell starts daprd, and ends it when its own standard input ends, whose other end only this process holds, and no
# fork of it: so daprd ends with this process, however that ends, and its folder is gone then. What watches that input
# is waited for too: with the shell all has ended. A session of its own keeps the terminal's Ctrl-C from it.
_KEEPER = """
folder=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- & daprd=$!
{ read -r _ <&3; trap '' TERM; kill $daprd; true; } & watch=$!
exec 3<&-
wait $daprd; code=$?
kill $watch 2>/dev/null
wait $watch 2>/dev/null && rm -rf "$folder"
exit $code
"""
_inputs: WeakSet[IO[bytes]] = WeakSet()


class OwnSidecar:
    """A running daprd. It listens on sockets that only this user can open, and on a port of this machine alone."""

    def __init__(self, daprd: str, components: Path, *, needs: str, root: Path, log: Path, wait: float) -> None:
        """Start it; paths in components are relative to `root`, and `needs` is the one to wait for, if any.

        What it says goes to `log`, or to a file beside it where another sidecar holds that.
        daprd ends at once where a store that it needs is away: it is started again for `wait` seconds. Unreachable
        where it is not ready then, AskError where it cannot load its components at all.
        """
        claim_process(USED)
        if not components.is_dir():
            raise AskError(f"the folder of components {components} is not there", "name another one, or make it")
        self._needs = needs
        self._process: subprocess.Popen[bytes] | None = None
        patience = Patience(wait)
        with _held(log) as held:
            self._log = Path(held.name)
            self._folder = Path(tempfile.mkdtemp(prefix="jeyn-"))  # short: a socket's path has at most 107 characters
            self.address = SidecarAddress(f"unix:{self._folder}/dapr-{APP_ID}-grpc.socket")
            try:
                self._start(daprd, components, root, held)
                away = None
                while (away := self._await(patience, away)) is not None:
                    patience.wait(away)
                    self._close_input()
                    self._start(daprd, components, root, held)
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """End it, and wait for its end. Safe to call twice."""
        self._close_input()
        if self._process is not None:
            try:
                self._process.wait(_END)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, daprd: str, components: Path, root: Path, log: BinaryIO) -> None:
        configuration = self._folder / "configuration.yaml"
        command = [
            *(daprd, "--app-id", APP_ID, "--resources-path", str(components)),
            *("--unix-domain-socket", str(self._folder), "--max-body-size", BODY_SIZE),
            *("--dapr-internal-grpc-listen-address", "127.0.0.1", "--dapr-internal-grpc-port", str(_free_port())),
            *("--config", str(configuration), "--enable-metrics=false"),
            *("--log-level", "warn", "--dapr-graceful-shutdown-seconds", "1"),
        ]
        with using(self._folder):
            configuration.write_text(_CONFIGURATION, encoding="utf-8")
        with using(self._log.parent):
            log.truncate(0)
        self._process = subprocess.Popen(
            ["sh", "-c", _KEEPER, "sh", str(self._folder), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=root,
            start_new_session=True,
        )
        if self._process.stdin is not None:
            _inputs.add(self._process.stdin)

    @property
    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _close_input(self) -> None:
        """What tells the shell that nobody needs daprd any more."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def _await(self, patience: Patience, before: Unreachable | None) -> Unreachable | None:
        """Wait until it listens and has loaded what is needed; what is away, if it ended because of that.

        `before` is what was away when it was started the last time: where time is over, it says more than a process
        that has just begun.
        """
        where = f"its log is in {self._log}"
        pause = _FIRST_PAUSE
        while not self._is_ready():
            if self._has_ended:
                reason = self._reason()
                if _AWAY.search(reason):
                    return Unreachable(f"what the Dapr sidecar needs is away: {reason}", where)
                raise AskError(f"the Dapr sidecar could not start: {reason or _SILENT}", where)
            if not patience.left:
                reason = self._reason()
                if before and not reason:
                    raise before
                raise Unreachable(f"the Dapr sidecar is not ready: {reason or _SILENT}", where)
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return None

    def _is_ready(self) -> bool:
        """It listens a moment before it knows that a store is away, and ends then."""
        if not (self._folder / f"dapr-{APP_ID}-grpc.socket").exists():
            return False
        sidecar = Sidecar(self.address, _GRACE)
        try:
            end = time.monotonic() + _GRACE
            while self._needs and not sidecar.has_loaded(self._needs):
                if time.monotonic() > end:
                    return not self._has_ended  # it has no such component, which others tell better
                time.sleep(_FIRST_PAUSE)
        except Unreachable:
            return False
        finally:
            sidecar.close()
        return True

    def _reason(self) -> str:
        """What its log says last of what went wrong; empty if nothing."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line for line in lines if "level=fatal" in line or "level=error" in line]
        message = _MESSAGE.search(told[-1]) if told else None
        return message[1].rpartition("[INIT_COMPONENT_FAILURE]: ")[2] if message else ""


def _leave_to_the_parent() -> None:
    """In a fork: let go of what keeps the sidecars of the process that it comes from."""
    for end in list(_inputs):
        with contextlib.suppress(OSError):
            end.close()


os.register_at_fork(after_in_child=_leave_to_the_parent)


def _held(log: Path) -> BinaryIO:
    """The log, or one beside it, open and held as long as any process has it open that is started with it."""
    with using(log.parent):
        log.parent.mkdir(parents=True, exist_ok=True)
        path, number = log, 1
        while True:
            file = path.open("ab")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
            else:
                return file
            number += 1
            path = log.with_stem(f"{log.stem}-{number}")


def _free_port() -> int:
    """A port of the loopback address. By itself daprd takes one that is the same for all that run in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
