"""A real daprd on loopback, over a folder of component files."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ports import free_port
from processes import LOOPBACK, ServerProcess
from programs import built

_ANSWER_SECONDS = 5.0
# With its usual name resolution daprd listens on UDP port 5353 of every network; with this one on nothing more.
_CONFIGURATION = """
apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: loopback}
spec: {nameResolution: {component: kubernetes}}
"""


class Daprd(ServerProcess):
    """Ready when each of its state stores answers. It ends at once if a store is down when it starts.

    With `sockets`, a folder whose path is short (unix(7): 107 bytes with the socket's name), it listens there and on
    no port. `token` is what callers must send. `extra` are further arguments, such as `--max-body-size`.
    """

    def __init__(
        self,
        folder: Path,
        components: Path,
        *,
        app_id: str = "jeyn",
        token: str | None = None,
        sockets: Path | None = None,
        extra: Sequence[str] = (),
    ) -> None:
        self.app_id = app_id
        self.components = components
        self.http_port, self.grpc_port = free_port(), free_port()
        self._token = token
        self._sockets = sockets
        configuration = folder / "configuration.yaml"
        configuration.write_text(_CONFIGURATION)
        arguments = {
            "app-id": app_id,
            "config": configuration,
            "resources-path": components,
            "dapr-http-port": self.http_port,
            "dapr-grpc-port": self.grpc_port,
            "dapr-internal-grpc-port": free_port(),
            "metrics-port": free_port(),
            "dapr-listen-addresses": LOOPBACK,
            "dapr-internal-grpc-listen-address": LOOPBACK,
            "metrics-listen-address": LOOPBACK,
            **({"unix-domain-socket": sockets} if sockets else {}),
        }
        command = [str(built("daprd")), *(f"--{name}={value}" for name, value in arguments.items()), *extra]
        environment = {"DAPR_API_TOKEN": token} if token else {}
        super().__init__("daprd", command, folder, environment=environment)

    @property
    def grpc_address(self) -> str:
        """What a gRPC channel takes as its target."""
        if self._sockets:
            return f"unix:{self._sockets / f'dapr-{self.app_id}-grpc.socket'}"
        return f"{LOOPBACK}:{self.grpc_port}"

    @property
    def client_environment(self) -> dict[str, str]:
        """What a process needs in its environment to find this daprd on its ports, and to be let in."""
        ports = {"DAPR_HTTP_PORT": str(self.http_port), "DAPR_GRPC_PORT": str(self.grpc_port)}
        return {**ports, **({"DAPR_API_TOKEN": self._token} if self._token else {})}

    def ready(self) -> bool:
        try:
            if self.request("GET", "/v1.0/healthz/outbound")[0] != 204:
                return False
            return all(map(self.answers, self.state_stores()))
        except (OSError, http.client.HTTPException):
            return False

    def state_stores(self) -> list[str]:
        """Names of the state stores that it has loaded."""
        status, body = self.request("GET", "/v1.0/metadata")
        assert status == 200, body
        return [one["name"] for one in json.loads(body)["components"] if one["type"].startswith("state.")]

    def answers(self, store: str) -> bool:
        """Whether a state store can be read; daprd stays healthy without it."""
        return self.request("GET", f"/v1.0/state/{store}/is-it-there")[0] in {200, 204}

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Call the HTTP API with a JSON body; the status and the answer's body."""
        headers = {"Content-Type": "application/json", **({"dapr-api-token": self._token} if self._token else {})}
        content = None if body is None else json.dumps(body)
        with closing(self._connection()) as connection:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def create(self, store: str, key: str, value: Any) -> int:
        """Save a JSON value under a new key; the HTTP status, 204 if it was new."""
        item = {"key": key, "value": value, "options": {"concurrency": "first-write"}}
        return self.request("POST", f"/v1.0/state/{store}", [item])[0]

    def read(self, store: str, key: str) -> Any:
        """The JSON value of a key, None where there is none."""
        status, body = self.request("GET", f"/v1.0/state/{store}/{quote(key, safe='')}")
        assert status in {200, 204}, (status, body)
        return json.loads(body) if body else None

    def _connection(self) -> http.client.HTTPConnection:
        """A plain connection, which no proxy of the caller's environment diverts."""
        if self._sockets is None:
            return http.client.HTTPConnection(LOOPBACK, self.http_port, timeout=_ANSWER_SECONDS)
        return _SocketConnection(self._sockets / f"dapr-{self.app_id}-http.socket")


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_ANSWER_SECONDS)
        self.sock.connect(str(self._path))
