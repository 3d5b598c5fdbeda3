"""What is printed is UTF-8, whatever the locale says: it goes to files and to programs, too."""

from __future__ import annotations

import io
import sys


def print_utf8() -> None:
    """Let standard output and error be UTF-8; what no text may hold, such as half a file name, is shown escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
