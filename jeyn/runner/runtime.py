"""The runtime: the Python and the packages that a step runs with."""

from __future__ import annotations

import math
import platform
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jeyn.model.codec import canonical, digest
from jeyn.model.plan import PlannedStep
from jeyn.version import VERSION

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_SCALES = {
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{unit: Decimal(1000) ** -power for power, unit in enumerate("mun", start=1)},
}


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
    return max(1, math.ceil(_amount(step.resources.cpu or "1")))


def _amount(quantity: str) -> Decimal:
    """What a Kubernetes quantity comes to, such as 1.5 or 1500m."""
    suffix = next((one for one in _SCALES if quantity.endswith(one)), "")
    return Decimal(quantity.removesuffix(suffix)) * _SCALES.get(suffix, 1)


def runtime_digest(threads: int) -> str:
    """The digest of the runtime with so many threads."""
    return digest(canonical({**runtime(), "threads": threads}))
