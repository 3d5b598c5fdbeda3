"""A sidecar of our own: daprd, started with an environment's components, that ends when this process does."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.errors import AskError, Unreachable

APP_ID = "jeyn"
#: The largest message that our sidecar takes, in daprd's notation.
BODY_SIZE = "16Mi"
# daprd is ready in about 0.1 seconds; a component whose store is away may take as long as it is waited for.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05
_END = 5.0
# A shell starts daprd, and ends it when its own standard input ends, whose other end only this process holds: so
# daprd ends with this process, however that ends. A session of its own keeps the terminal's Ctrl-C from it.
_KEEPER = """
exec 3<&0 </dev/null
"$@" 3<&- & daprd=$!
{ read -r _ <&3; kill $daprd; } & watch=$!
exec 3<&-
wait $daprd; code=$?
kill $watch
exit $code
"""


class OwnSidecar:
    """A running daprd. It listens on a socket that only this user can open, and on no public port."""

    def __init__(self, daprd: str, components: Path, *, root: Path, log: Path, wait: float) -> None:
        """Start it; paths in components are relative to `root`.

        AskError where it cannot load its components, Unreachable where it is not ready after `wait` seconds.
        """
        if not components.is_dir():
            raise AskError(f"the folder of components {components} is not there", "name another one, or make it")
        self._folder = Path(tempfile.mkdtemp(prefix="jeyn-"))  # short: a socket's path has at most 107 characters
        self._log = log
        self._process = self._start(daprd, components, root)
        self.address = SidecarAddress(f"unix:{self._folder}/dapr-{APP_ID}-grpc.socket")
        try:
            self._await(time.monotonic() + wait)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it, and wait for its end. Safe to call twice."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            import os

            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, daprd: str, components: Path, root: Path) -> subprocess.Popen[bytes]:
        command = [
            *(daprd, "--app-id", APP_ID, "--resources-path", str(components)),
            *("--unix-domain-socket", str(self._folder), "--max-body-size", BODY_SIZE),
            *("--dapr-internal-grpc-listen-address", "127.0.0.1", "--enable-metrics=false"),
            *("--log-level", "warn", "--dapr-graceful-shutdown-seconds", "1"),
        ]
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            return subprocess.Popen(
                ["sh", "-c", _KEEPER, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=root,
                start_new_session=True,
            )

    def _await(self, end: float) -> None:
        """Wait until it has loaded its components and listens."""
        socket = self._folder / f"dapr-{APP_ID}-grpc.socket"
        pause = _FIRST_PAUSE
        while not socket.exists():
            if self._process.poll() is not None:
                raise AskError(
                    f"the Dapr sidecar could not start: {self._reason()}", f"all of its log is in {self._log}"
                )
            if time.monotonic() > end:
                raise Unreachable(f"the Dapr sidecar is not ready: {self._reason()}", f"its log is in {self._log}")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _reason(self) -> str:
        """What its log says last of what went wrong."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line for line in lines if "level=fatal" in line or "level=error" in line] or lines
        _, _, message = told[-1].partition(" msg=") if told else ("", "", "")
        return (message or "it says nothing").partition(" scope=")[0].strip('"')
