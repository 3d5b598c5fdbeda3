"""What cannot be used in a process that was forked from one that had used it."""

from __future__ import annotations

import os

from jeyn.errors import AskError

_owners: dict[str, int] = {}


def claim_process(used: str) -> None:
    """AskError in a process that was forked from one which has used this.

    The threads that carry the requests of gRPC and obstore belong to the process that first made one; a fork would wait
    for them for ever. And what SQLite knows of its locks on a file is copied by a fork, which has none of them: what it
    commits may be lost. https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
    """
    if _owners.setdefault(used, os.getpid()) != os.getpid():
        raise AskError(
            f"this process was forked from one that had used {used}, which no fork can go on using",
            "start processes by the method 'spawn' or 'forkserver', or load and save in one of them",
        )
