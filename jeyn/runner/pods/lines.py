"""What a pod says, as lines of JSON: everything that it, its step and their children write."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from jeyn.model.timestamps import now

# How long, in seconds, a process that a step left behind may keep its end of the pipe open.
_PATIENCE = 5.0


@contextmanager
def as_json_lines(facts: Mapping[str, str]) -> Iterator[None]:
    """Meanwhile every line that goes to standard output or error goes to standard output as JSON.

    Each is an object with `time` (RFC 3339 in UTC), these `facts`, and the line as `message`.
    """
    _flush()
    before = {number: os.dup(number) for number in (1, 2)}
    source, sink = os.pipe()
    for number in before:
        os.dup2(sink, number)
    os.close(sink)
    writer = threading.Thread(target=_write, args=(source, before[1], facts), name="jeyn-lines", daemon=True)
    writer.start()
    try:
        yield
    finally:
        _flush()
        for number, old in before.items():
            os.dup2(old, number)
        writer.join(_PATIENCE)


def _write(source: int, out: int, facts: Mapping[str, str]) -> None:
    with os.fdopen(source, "rb") as lines:
        for line in lines:
            message = line.decode("utf-8", "replace").rstrip("\r\n")
            told = json.dumps({"time": now(), **facts, "message": message}, ensure_ascii=False) + "\n"
            with contextlib.suppress(OSError):
                os.write(out, told.encode())


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
