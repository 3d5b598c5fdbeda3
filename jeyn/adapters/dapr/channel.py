"""Where a sidecar listens, and the channel to it.

The generated stubs of the `dapr` package are used on a channel of our own. Its client would wait for another port
than the one it is given, and print while it waits; a channel tells at once, quietly, that nobody is there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.errors import AskError
from jeyn.forks import claim_process

if TYPE_CHECKING:
    import grpc

#: What a forked process cannot go on using.
USED = "a Dapr sidecar"
# The largest reply taken, in bytes. What the sidecar sends is bounded by its own --max-body-size.
_LARGEST_REPLY = 64 << 20
_OPTIONS = (
    ("grpc.max_receive_message_length", _LARGEST_REPLY),
    ("grpc.max_send_message_length", _LARGEST_REPLY),
    # A sidecar that is restarted is back within a second; gRPC itself would look again after up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.enable_http_proxy", 0),
)


@dataclass(frozen=True, slots=True)
class SidecarAddress:
    """A gRPC endpoint as Dapr writes it (`host:port`, `unix:/path`, `dns://…?tls=true`), and the token for it."""

    endpoint: str
    token: str = ""

    def __repr__(self) -> str:
        return f"SidecarAddress({self.endpoint!r}, token={'***' if self.token else ''!r})"

    def __str__(self) -> str:
        return self.endpoint


def open_channel(address: SidecarAddress) -> grpc.Channel:
    """A channel; it connects with the first call.

    AskError where the address is none, the packages are missing, or a process was forked from one that had a channel.
    """
    claim_process(USED)
    # gRPC's core writes to standard error on its own account; what matters comes back from the call.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    # What it does around every fork serves children that go on without exec, which are refused, and may stall us.
    # https://github.com/grpc/grpc/blob/master/doc/fork_support.md
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
    os.environ.setdefault("DAPR_SKIP_LEGACY_CHECK", "1")
    try:
        import grpc
        from dapr.conf.helpers import GrpcEndpoint
    except ImportError as error:
        raise AskError(f"Dapr cannot be used here: {error}", "pip install 'jeyn[dapr]'") from None
    try:
        parsed = GrpcEndpoint(_plain(address.endpoint))
    except ValueError as error:
        raise AskError(
            f"{address.endpoint!r} is not the address of a sidecar: {error}",
            "write HOST:PORT, unix:/PATH or dns://HOST:PORT?tls=true",
        ) from None
    if parsed.tls or address.endpoint.startswith("https://"):
        return grpc.secure_channel(parsed.endpoint, grpc.ssl_channel_credentials(_root_certificates()), _OPTIONS)
    return grpc.insecure_channel(parsed.endpoint, _OPTIONS)


def _plain(endpoint: str) -> str:
    """The endpoint without the schemes http and https, which Dapr still takes, with a warning."""
    return endpoint.removeprefix("http://").removeprefix("https://")


def _root_certificates() -> bytes | None:
    """The certificates that gRPC is told to trust by its own variable; None for those of the system."""
    path = os.environ.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "")
    if not path:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise AskError(f"the certificates {path} cannot be read: {error.strerror}") from None
