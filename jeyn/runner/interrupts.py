"""Ctrl-C during a run: heard at once, and obeyed where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from jeyn.runner.processes import Processes


@contextmanager
def interrupts_of(processes: Processes) -> Iterator[None]:
    """Meanwhile SIGINT raises KeyboardInterrupt where the run waits for its processes or starts one, nowhere else.

    Raised by Python it could come between any two instructions, and what is then holding a lock holds it for ever:
    a run was seen to hang so within gRPC. A second one is raised wherever it comes, for whoever will not wait.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return

    def hear(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        processes.interrupt()

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield  # whoever started us, a notebook say, has a way of its own, or wants none
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
