"""Ports on loopback that stay ours: a server that is killed finds its port again."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from processes import LOOPBACK

# Below the ports that the system gives to clients (ip(7)): one of those could take a killed server's port.
_CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000
_reserved: set[int] = set()


def free_port() -> int:
    """A port that nothing listens on, and that no other process that asks here is given while this one lives."""
    below = int(_CLIENTS.read_text().split()[0]) if _CLIENTS.exists() else 32_768
    for _ in range(200):
        port = random.SystemRandom().randrange(_LOWEST, max(below, _LOWEST + 1000))
        if port not in _reserved and reserve(port) and _is_free(port):
            return port
    raise OSError(f"no free port on {LOOPBACK} between {_LOWEST} and {below}")


def reserve(port: int) -> bool:
    """Hold a name that stands for the port; abstract names (unix(7)) leave no file, and end with the process."""
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        held.bind(f"\0jeyn-tests-port-{port}")
    except OSError:
        held.close()
        return False
    held.detach()  # open until this process ends
    _reserved.add(port)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
