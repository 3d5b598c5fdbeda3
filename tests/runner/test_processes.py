"""How the processes of steps end."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from jeyn.runner.processes import Processes


@pytest.fixture
def deaf() -> Iterator[None]:
    """What is started meanwhile does not hear SIGTERM, until it says otherwise."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("fork", [True, False])
def test_a_step_that_does_not_heed_is_killed(fork: bool, tmp_path: Path) -> None:
    processes = Processes(fork=fork, grace=0.2)
    task, log = tmp_path / "task", tmp_path / "log"
    os.mkfifo(task)  # which nobody writes: whoever reads it waits for ever
    processes.start(1, task, log, 1)
    while not processes.seconds(1):
        assert processes.wait(0.05) is None
    assert processes.wait(0.5) is None
    processes.stop()
    with pytest.raises(OSError, match=os.strerror(errno.ENXIO)):
        os.open(task, os.O_WRONLY | os.O_NONBLOCK)  # nobody reads it any more
    processes.stop()
