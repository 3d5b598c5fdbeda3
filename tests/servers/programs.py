"""Where the servers' programs are: built by `tools/servers`, in Python packages, or installed on the machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from processes import Unavailable

_BUILD = Path(__file__).resolve().parents[2] / "tools" / "servers" / "build.py"
_CANNOT_BE_HAD = 4  # the exit code of build.py


@cache
def built(name: str) -> Path:
    """A server of `tools/servers`, built once for the whole work tree. Unavailable where it cannot be had."""
    done = subprocess.run([sys.executable, str(_BUILD), name], capture_output=True, text=True, check=False)
    if done.returncode == _CANNOT_BE_HAD:
        raise Unavailable(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def packaged(package: str, pattern: str, machine: Iterable[str]) -> Path:
    """A program inside an installed Python package, else the first of `machine` that is on PATH.

    The package is found and not imported: it starts servers in its own way. Unavailable where there is neither.
    """
    found = importlib.util.find_spec(package)
    for folder in (found and found.submodule_search_locations) or []:
        for program in sorted(Path(folder).glob(pattern)):
            if os.access(program, os.X_OK):
                return program
    for name in machine:
        installed = shutil.which(name)
        if installed:
            return Path(installed).resolve()
    raise Unavailable(f"neither the package {package} is installed nor one of {', '.join(machine)}")
