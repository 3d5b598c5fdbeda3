"""Libraries that cannot be used in a process that was forked from one that had used them."""

from __future__ import annotations

import os

from jeyn.errors import AskError

_owners: dict[str, int] = {}


def claim_process(used: str) -> None:
    """AskError in a process that was forked from one which has used this: there it would wait for ever.

    The threads that carry the requests of gRPC and obstore belong to the process that first made one, and no fork has
    them.
    """
    if _owners.setdefault(used, os.getpid()) != os.getpid():
        raise AskError(
            f"this process was forked from one that had used {used}, which no fork can go on using",
            "start processes by the method 'spawn' or 'forkserver', or load and save in one of them",
        )
