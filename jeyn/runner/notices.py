"""What Jeyn itself says while a step runs: to whoever started the run, and not only into the step's log."""

from __future__ import annotations

import contextlib
import logging
import os
import sys


class Notices(logging.Handler):
    """Writes what Jeyn warns of to a file descriptor, a line each, with the step's name before it."""

    def __init__(self, descriptor: int, step: str) -> None:
        super().__init__(logging.WARNING)
        self._descriptor = descriptor
        self._step = step

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more
            os.write(self._descriptor, f"{self._step}: {record.getMessage()}\n".encode())


def tell_notices(descriptor: int, step: str) -> None:
    """From now on, tell there what Jeyn warns of; the log of this process goes on to hear of it, too."""
    logger = logging.getLogger("jeyn")
    if not os.path.sameopenfile(descriptor, sys.stderr.fileno()):
        logger.addHandler(Notices(descriptor, step))
    logger.addHandler(logging.StreamHandler())
