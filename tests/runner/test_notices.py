"""What Jeyn warns of in a step reaches who started the run, and the step's log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import logging, os, sys
from jeyn.runner.notices import tell_notices
terminal = os.dup(2)
os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 2)
tell_notices(terminal, "train")
logging.getLogger("jeyn.dapr").warning("%s; trying for %.0f more seconds", "no answer", 3)
logging.getLogger("theirs").warning("not ours")
logging.getLogger("jeyn.dapr").info("nothing to warn of")
"""


def test_a_warning_is_told_with_the_step_and_logged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = subprocess.run([sys.executable, "-c", CODE, str(log)], capture_output=True, text=True, check=True)
    assert done.stderr == "train: no answer; trying for 3 more seconds\n"
    assert log.read_text() == "no answer; trying for 3 more seconds\nnot ours\n"


def test_nobody_has_to_listen(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = tmp_path / "log"
    subprocess.run([sys.executable, "-c", CODE, str(log)], stderr=writer, check=True)
    os.close(writer)
    assert log.read_text() == "no answer; trying for 3 more seconds\nnot ours\n"
