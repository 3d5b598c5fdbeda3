"""Work in forks: the same results in the same order, whatever becomes of a fork."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, sys
from jeyn_gen.load import side_by_side as module
module.os.cpu_count = lambda: 3
HERE = os.getpid()

def doubled(numbers):
    if os.getpid() != HERE and MODE == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if os.getpid() != HERE and MODE == "not to be pickled":
        return [(lambda: number) for number in numbers]
    if MODE == "an error" and numbers[0]:
        raise ValueError(f"{numbers[0]} here" if os.getpid() == HERE else "there")
    return [os.getpid() == HERE, *(2 * number for number in numbers)]

MODE, length = sys.argv[1], int(sys.argv[2])
try:
    print(*module.side_by_side(doubled, range(length), 100), sep="\\n", end="")
except ValueError as error:
    print(error, end="")
"""


def outcome(mode: str, length: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, mode, str(length)], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


def expected(*parts: tuple[bool, range]) -> list[str]:
    return [str([here, *(2 * number for number in numbers)]) for here, numbers in parts]


def test_parts_come_back_in_order() -> None:
    assert outcome("plain", 301) == expected((True, range(101)), (False, range(101, 202)), (False, range(202, 301)))


def test_few_items_are_worked_on_here() -> None:
    assert outcome("plain", 199) == expected((True, range(199)))
    assert outcome("plain", 0) == ["[True]"]


@pytest.mark.parametrize("mode", ["killed", "not to be pickled"])
def test_what_a_fork_could_not_do_is_done_here(mode: str) -> None:
    assert outcome(mode, 200) == expected((True, range(100)), (True, range(100, 200)))


def test_an_error_is_raised_here() -> None:
    assert outcome("an error", 200) == ["100 here"]
