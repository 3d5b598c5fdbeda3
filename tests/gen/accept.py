"""Make what the commands print and generate now the goldens. Look at `git diff` afterwards: it is what was accepted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).parent
    names = ("test_lint_goldens.py", "test_generate_goldens.py", "test_report_formats.py")
    goldens = [str(here / name) for name in names]
    wanted = "says_this or this_is_generated"
    environ = {**os.environ, "JEYN_ACCEPT_GOLDENS": "1"}
    command = [sys.executable, "-m", "pytest", "-k", wanted, *goldens, *sys.argv[1:]]
    sys.exit(subprocess.call(command, env=environ, cwd=here.parents[1]))
