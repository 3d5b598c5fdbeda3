"""Putting a process that masks secrets between this one and its log.

It is a process and not a thread: it writes to the end what this one said before it crashed, it takes what children
write, and no code that keeps the interpreter's lock can stop it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Collection

from jeyn.runner import masking

_maskers: list[socket.socket] = []


def mask_log(forms: Collection[str]) -> None:
    """From now on, mask these in all that this process and its children write to standard output and error."""
    if not forms:
        return
    source, sink = os.pipe()
    ours, theirs = socket.socketpair()
    with theirs:
        passed = (source, theirs.fileno())
        # Without `site`: nothing but the standard library is needed. In a session of its own, since signals to this
        # process and its group are not meant for it: it ends when nobody is left who could write.
        command = [sys.executable, "-I", "-S", masking.__file__, *map(str, passed)]
        lines = "".join(f"{form.encode('utf-8', 'surrogateescape').hex()}\n" for form in forms)
        subprocess.run(command, input=lines.encode(), pass_fds=passed, start_new_session=True, check=True)
    os.close(source)
    _flush()
    for standard in (1, 2):
        os.dup2(sink, standard)
    os.close(sink)
    _maskers.append(ours)


def settle_log() -> None:
    """Return when everything that was written so far is in the log."""
    if _maskers:
        _flush()
    for masker in reversed(_maskers):
        with contextlib.suppress(OSError):
            masker.sendall(b"?")
            masker.recv(1)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the step may have closed it
            stream.flush()
