"""Ends servers whose test process is gone, however it went: a program, started by `processes`.

Each line on standard input is the id of a server's process. The end of the input means that the writer has ended.
The servers are held by file descriptors, which stand for one process and never for a later one with the same id.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the tests decide when they are over
    held = []
    for line in sys.stdin:
        with suppress(ProcessLookupError):
            held.append(os.pidfd_open(int(line)))
    for server in held:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(server, signal.SIGKILL)


if __name__ == "__main__":
    main()
