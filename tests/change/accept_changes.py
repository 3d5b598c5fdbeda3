"""Make what is said of each change now the golden. Look at `git diff` afterwards: it is what was accepted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-k", "says_this", str(here / "test_change_rules.py"), *sys.argv[1:]]
    environ = {**os.environ, "JEYN_ACCEPT_GOLDENS": "1"}
    sys.exit(subprocess.call(command, env=environ, cwd=here.parents[1]))
