"""Ctrl-C during a run, and in a pod SIGTERM: heard at once, and obeyed where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from jeyn.runner.processes import Processes


@contextmanager
def interrupts_of(processes: Processes, *more: signal.Signals) -> Iterator[None]:
    """Meanwhile SIGINT raises KeyboardInterrupt where the run waits for its processes or starts one, nowhere else.

    So do `more` signals.

    Raised by Python it could come between any two instructions, and what is then holding a lock holds it for ever:
    a run was seen to hang so within gRPC. A second one is raised wherever it comes, for whoever will not wait.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return

    with ExitStack() as stack:
        for number in (signal.SIGINT, *more):
            stack.enter_context(_heard(number, processes))
        yield


@contextmanager
def _heard(number: signal.Signals, processes: Processes) -> Iterator[None]:
    def hear(_number: int, _frame: FrameType | None) -> None:
        signal.signal(number, before)
        processes.interrupt()

    before = signal.getsignal(number)
    if before not in (signal.default_int_handler, signal.SIG_DFL):
        yield  # whoever started us, a notebook say, has a way of its own, or wants none
        return
    signal.signal(number, hear)
    try:
        yield
    finally:
        signal.signal(number, before)
