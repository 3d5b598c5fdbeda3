"""The runtime: the Python and the packages that a step runs with."""

from __future__ import annotations

import math
import platform
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jeyn.model.codec import canonical, digest
from jeyn.model.plan import PlannedStep
from jeyn.version import VERSION


@cache
def runtime() -> dict[str, Any]:
    """Python's version, the platform, and the installed distributions by name.

    The names of the metadata folders tell both name and version
    (https://packaging.python.org/en/latest/specifications/recording-installed-packages/), so none is opened.
    """
    packages: dict[str, str] = {}
    for folder in reversed(sys.path):
        for entry in Path(folder).glob("*.dist-info") if folder and Path(folder).is_dir() else ():
            name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
            packages[name.lower().replace("_", "-")] = version
    packages["jeyn"] = VERSION
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": f"{sys.platform}-{platform.machine()}",
        "packages": dict(sorted(packages.items())),
    }


def threads_of(step: PlannedStep) -> int:
    """How many threads the numeric libraries of a step get: as many as it asks for processors, else one.

    The same on a laptop and in a pod, since the number can change the last bits of a sum.
    """
    cpu = step.resources.cpu
    if not cpu:
        return 1
    return max(1, math.ceil(float(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu)))


def runtime_digest(threads: int) -> str:
    """The digest of the runtime with so many threads."""
    return digest(canonical({**runtime(), "threads": threads}))
