"""A TCP proxy on loopback that does to a real server's connections what networks and busy servers do."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ports import free_port
from processes import LOOPBACK

_CHUNK = 1 << 16
#: Closing such a socket sends a reset: socket(7), SO_LINGER.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Direction:
    """The bytes of one direction, over all connections: how many passed, and what is done to them."""

    passed: int = 0
    cuts: int = 0
    cut_every: int = 0
    bytes_per_second: float = 0
    _since_cut: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cut(self, after: int, times: int = 1) -> None:
        """Reset the connection that carries the byte after so many more, and again, so often."""
        with self._lock:
            self._since_cut, self.cut_every, self.cuts = 0, after, times

    def admit(self, size: int) -> int:
        """How many of so many bytes may pass before the connection is reset; all of them if it is not."""
        if self.bytes_per_second:
            time.sleep(size / self.bytes_per_second)
        with self._lock:
            admitted = size
            if self.cuts and self._since_cut + size > self.cut_every:
                admitted = self.cut_every - self._since_cut
                self.cuts -= 1
                self._since_cut = -admitted
            self._since_cut += admitted
            self.passed += admitted
            return admitted

    def piece(self) -> int:
        """How many bytes to take at once: few where they trickle, so that they come evenly."""
        return max(1, min(_CHUNK, int(self.bytes_per_second / 20))) if self.bytes_per_second else _CHUNK


class FaultyProxy:
    """Passes everything to a port on loopback, as long as no fault is set. Faults hold for all connections.

    `answer` sets answers that are given in the server's place; `up` and `down` hold what is done to each direction.
    """

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self.to_server, self.to_client = Direction(), Direction()
        self.requests: list[bytes] = []
        self._server_port = port
        self._answers: list[bytes] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def answer(self, status: str, times: int) -> None:
        """Give the next so many requests an answer such as "503 Slow Down", and none of the server's."""
        code = status.partition(" ")[2].replace(" ", "")
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>By the proxy.</Message></Error>".encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n"
        with self._lock:
            self._answers = [f"{head}Connection: close\r\n\r\n".encode() + body] * times
        self.reset()

    def reset(self) -> None:
        """Reset all connections that are open."""
        with self._lock:
            for held in self._open:
                _reset(held)

    def start(self) -> None:
        """Take connections."""
        self._listener = socket.create_server((LOOPBACK, self.port), backlog=64)
        self._spawn(self._accept, self._listener)

    def stop(self) -> None:
        """Be gone: connections are reset, and new ones refused."""
        if self._listener is not None:
            listener, self._listener = self._listener, None
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        while any(thread.is_alive() for thread in self._threads):
            self.reset()
            for thread in self._threads:
                thread.join(0.05)
        self._threads.clear()

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Be gone while the block runs."""
        self.stop()
        yield
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _spawn(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="faulty-proxy", daemon=True)  # type: ignore[arg-type]  # a callable
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # stopped
            self._spawn(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with self._held(client), suppress(OSError):
            while True:
                head = _head(client)
                if not head:
                    return
                with self._lock:
                    self.requests.append(head.partition(b"\r\n")[0])
                    own = self._answers.pop() if self._answers else None
                if own is None:
                    self._pass_on(client, head)
                else:
                    _drain(client, head)
                    client.sendall(own)
                return

    def _pass_on(self, client: socket.socket, begun: bytes) -> None:
        with socket.create_connection((LOOPBACK, self._server_port)) as server, self._held(server):
            back = threading.Thread(target=self._pump, args=(server, client, self.to_client), daemon=True)
            back.start()
            self._pump(client, server, self.to_server, begun)
            back.join()

    def _pump(self, source: socket.socket, target: socket.socket, direction: Direction, begun: bytes = b"") -> None:
        with suppress(OSError):
            while data := begun or source.recv(direction.piece()):
                begun = b""
                admitted = direction.admit(len(data))
                target.sendall(data[:admitted])
                if admitted < len(data):
                    break
            else:
                target.shutdown(socket.SHUT_WR)
                return
        _reset(source)
        _reset(target)

    @contextmanager
    def _held(self, one: socket.socket) -> Iterator[None]:
        with self._lock:
            self._open.add(one)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(one)
            one.close()


def _reset(one: socket.socket) -> None:
    """End both directions at once, and let the threads that wait on it go on; its owner closes it."""
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        one.shutdown(socket.SHUT_RDWR)


def _head(client: socket.socket) -> bytes:
    """The beginning of a request, its head and perhaps more."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = client.recv(_CHUNK)
        if not more:
            return b""
        head += more
    return head


def _drain(client: socket.socket, begun: bytes) -> None:
    """Read the rest of a request with a `Content-Length`."""
    head, _, body = begun.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(lengths[0]) - len(body) if lengths else 0
    while left > 0:
        left -= len(client.recv(min(left, _CHUNK))) or left
