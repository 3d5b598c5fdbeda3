"""Ctrl-C while a run goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from jeyn.runner.interrupts import interrupts_of
from jeyn.runner.processes import Processes


@pytest.fixture
def processes() -> Iterator[Processes]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    found = Processes(fork=False)
    yield found
    found.stop()
    signal.signal(signal.SIGINT, before)


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_it_is_raised_where_the_run_waits_and_not_where_it_records(processes: Processes) -> None:
    with interrupts_of(processes):
        press()  # nothing is raised here, where the ledger would be written
        with pytest.raises(KeyboardInterrupt):
            processes.wait()


def test_no_step_is_started_any_more(processes: Processes, tmp_path) -> None:
    with interrupts_of(processes):
        press()
        with pytest.raises(KeyboardInterrupt):
            processes.start(1, tmp_path / "task", tmp_path / "log", 1)


def test_a_second_one_is_raised_at_once(processes: Processes) -> None:
    with interrupts_of(processes):
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_afterwards_everything_is_as_before(processes: Processes) -> None:
    with interrupts_of(processes):
        pass
    with pytest.raises(KeyboardInterrupt):
        press()


def test_who_ignores_it_still_does(processes: Processes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts_of(processes):
        press()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
