"""Secrets are masked in streams, however these are cut, and whatever happens to who writes them."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jeyn.runner.masking import Masker, masked, relay

# Letters so few that forms overlap each other and themselves, and the mask's own character among them.
texts = st.text("ab*", max_size=40)
many_forms = st.lists(st.text("ab*", min_size=4, max_size=7), min_size=1, max_size=3, unique=True)


def covered(text: str, forms: list[str]) -> str:
    """What `masked` should give, letter by letter."""
    hidden = [any(text.startswith(form, at - back) for form in forms for back in range(min(at + 1, len(form)))) for at in range(len(text))]  # fmt: skip
    told = ""
    for at, char in enumerate(text):
        if not hidden[at]:
            told += char
        elif at == 0 or not hidden[at - 1]:
            told += "***"
    return told


def streamed(data: bytes, forms: list[bytes], cuts: list[int]) -> bytes:
    masker = Masker(forms)
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    parts = [masker.feed(data[start:end]) for start, end in itertools.pairwise(places)]
    return b"".join(parts) + masker.finish()


@given(texts, many_forms)
def test_every_occurrence_is_masked(text, forms):
    assert masked(text, forms) == covered(text, forms)


@given(texts, many_forms, st.lists(st.integers(0, 40), max_size=12))
@example("abababbb", ["abab", "babb"], [5])
@example("aaaaaaaaab", ["aaaa"], list(range(10)))
def test_a_stream_is_masked_however_it_is_cut(text, forms, cuts):
    line = f"{text}\n"  # which begins no form, so that nothing is left at the end
    assert streamed(line.encode(), [form.encode() for form in forms], cuts).decode() == covered(line, forms)


@given(texts, many_forms, st.lists(st.integers(0, 40), max_size=12))
def test_the_end_of_a_stream_tells_no_more_than_three_bytes_of_a_form(text, forms, cuts):
    encoded = [form.encode() for form in forms]
    told = streamed(text.encode(), encoded, cuts)
    assert told == streamed(text.encode(), encoded, [])
    for size in range(4, 7):
        assert not any(told.endswith(form[:size]) for form in encoded if b"*" not in form)


def test_no_more_is_held_back_than_could_become_a_secret():
    masker = Masker([b"hunter2", b"line one\nline two"])
    assert masker.feed(b"say hunt") == b"say "
    assert masker.feed(b"ing\n") == b"hunting\n"
    assert masker.feed(b"line one\n") == b""
    assert masker.feed(b"line two, hunter") == b"***, "
    assert masker.feed(b"2") == b"***"
    assert masker.finish() == b""


def test_a_relay_writes_what_is_there_before_it_answers(tmp_path):
    log = tmp_path / "log"
    source, sink = os.pipe()
    ours, theirs = socket.socketpair()
    with log.open("wb") as target, ours, theirs:
        relaying = threading.Thread(target=relay, args=(source, theirs.fileno(), target.fileno(), Masker([b"hunter2"])))
        relaying.start()
        for number in range(50):
            os.write(sink, b"x" * 60_000 + b"hunter2\n")
            ours.sendall(b"?")
            assert ours.recv(1) == b"?"
            assert log.stat().st_size == 60_004 * (number + 1)
        ours.close()
        os.write(sink, b"then hunt")
        os.close(sink)
        relaying.join(10)
        assert not relaying.is_alive()
    os.close(source)
    assert log.read_bytes() == (b"x" * 60_000 + b"***\n") * 50 + b"then ***"


PRELUDE = """\
import os, signal, subprocess, sys, time
from pathlib import Path
from jeyn.runner.masked_log import mask_log, settle_log
print("before hunter2", flush=True)
mask_log(["hunter2", "\\udcff\\udcfe-raw"])
"""


class Said:
    """A program whose output goes to a log through a mask."""

    def __init__(self, folder: Path, code: str) -> None:
        self.log = folder / "log"
        self.mark = f"JEYN_TEST={uuid.uuid4().hex}"
        name, _, value = self.mark.partition("=")
        environment = {**os.environ, name: value, "LOG": str(self.log), "PYTHONPATH": str(Path(__file__).parents[2])}
        with self.log.open("ab") as output:
            self.code = subprocess.run(
                [sys.executable, "-c", PRELUDE + code],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                check=False,
                timeout=60,
            ).returncode

    def at_the_end(self) -> bytes:
        """The log, when every process that could write to it has ended."""
        deadline = time.monotonic() + 20
        while self._processes():
            assert time.monotonic() < deadline, "a process was left behind"
            time.sleep(0.02)
        return self.log.read_bytes()

    def _processes(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended, or is another user's
                if self.mark.encode() in (process / "environ").read_bytes():
                    found.append(process.name)
        return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")


@needs_proc
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('hunter2'); print('hunter2', file=sys.stderr)", b"***\n***\n"),
        ("for char in 'a hunter2 b\\n': os.write(1, char.encode()); time.sleep(0.01)", b"a *** b\n"),
        ("os.write(2, b'raw \\xff\\xfe-raw\\n')", b"raw ***\n"),
        ("subprocess.run(['sh', '-c', 'echo hunter2; echo hunter2 >&2'])", b"***\n***\n"),
        ("sys.stdout.write('hunter2'); sys.stdout.close()", b"***"),
        ("import ctypes; ctypes.CDLL(None).puts(b'hunter2'); raise SystemExit", b"***\n"),
        # A child that outlives it.
        ("subprocess.Popen(['sh', '-c', 'sleep 0.5; echo hunter2'])", b"***\n"),
        # No child of its own is added: waiting for all of them ends.
        ("print(subprocess.run('exit 3', shell=True).returncode)\ntry: os.wait()\nexcept ChildProcessError: print('none')", b"3\nnone\n"),
        ("settle_log(); print('hunter2'); settle_log(); size = Path(os.environ['LOG']).stat().st_size; print(size)", b"***\n19\n"),
    ],
)  # fmt: skip
def test_what_a_program_says_is_masked(tmp_path, code, said):
    program = Said(tmp_path, code)
    assert program.at_the_end() == b"before hunter2\n" + said
    assert program.code == 0


@needs_proc
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(3)", "os.abort()"])
def test_the_last_words_of_a_crash_are_in_the_log(tmp_path, end):
    program = Said(tmp_path, f"os.write(1, b'x' * 50_000 + b'hunter2 was my last word')\n{end}")
    assert program.at_the_end() == b"before hunter2\n" + b"x" * 50_000 + b"*** was my last word"
    assert program.code in (3, -signal.SIGKILL, -signal.SIGABRT)


@needs_proc
def test_a_group_that_is_asked_to_end_says_its_last_words(tmp_path):
    code = """
os.setpgid(0, 0)
def end(*_):
    os.write(1, b"bye hunter2")
    os._exit(0)
signal.signal(signal.SIGTERM, end)
mask_log(["another"])
os.killpg(0, signal.SIGTERM)
"""
    assert Said(tmp_path, code).at_the_end() == b"before hunter2\nbye ***"
